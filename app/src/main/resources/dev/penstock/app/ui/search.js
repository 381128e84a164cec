import {el} from './dom.js';

/** A search field whose text stays over redraws of the page; takes rows in which all words occur. */
export function search(label, into, redraw) {
  let words = [];
  const field = el('input', {type: 'search', 'data-key': 'search', autocomplete: 'off', placeholder: 'words; / to get here', oninput: () => {
    words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    redraw();
  }});
  const form = el('form', {role: 'search', onsubmit: (event) => event.preventDefault()}, el('label', {class: 'wide'}, label, field));
  const rest = el('div', null);
  into.replaceChildren(form, rest);
  return {
    rest,
    takes: (...texts) => {
      const text = texts.join(' ').toLowerCase();
      return words.every((word) => text.includes(word));
    },
  };
}
