// Elements and tables. Text from the cluster only ever becomes text nodes.

/** Makes an element: properties first, then children (nodes, texts, arrays; null is left out). */
export function el(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== 'string') element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

/** A list of names and values. */
export function facts(entries) {
  return el('dl', {class: 'facts'}, entries
      .filter(([, value]) => value !== null && value !== undefined && value !== '')
      .map(([name, value]) => [el('dt', null, name), el('dd', null, value)]));
}

export const tiles = (entries) =>
    el('dl', {class: 'tiles'}, entries.map(([name, value]) => el('div', null, el('dt', null, name), el('dd', null, value))));

const ROWS_MAX = 300;

/**
 * A table that can be sorted by its columns.
 *
 * columns: {title, value(row) for sorting, cell(row) for what is shown, number}
 * state: {column, descending}, changed in place so that a table drawn again keeps its order.
 */
export function table(caption, columns, rows, state, redraw) {
  if (rows.length === 0) return el('div', {class: 'table'}, el('p', {class: 'empty'}, `${caption}: none`));
  const by = columns[state.column] ?? columns[0];
  const sorted = [...rows].sort((a, b) => compare(by.value(a), by.value(b)) * (state.descending ? -1 : 1));
  const shown = sorted.slice(0, ROWS_MAX);
  const left = sorted.length - shown.length;
  return el('div', {class: 'table'}, el('table', null,
      el('caption', null, left > 0 ? `${caption}: ${sorted.length}, the first ${ROWS_MAX} shown; search to see others` : `${caption}: ${sorted.length}`),
      el('thead', null, el('tr', null, columns.map((column, index) => head(column, index, state, redraw)))),
      el('tbody', null, shown.map((row) => el('tr', null, columns.map((column) =>
          el('td', {class: column.number ? 'number' : null}, (column.cell ?? column.value)(row))))))));
}

function head(column, index, state, redraw) {
  const current = index === (state.column ?? 0);
  const sort = current ? (state.descending ? 'descending' : 'ascending') : null;
  const order = () => {
    state.descending = current ? !state.descending : Boolean(column.number);
    state.column = index;
    redraw();
  };
  return el('th', {scope: 'col', class: column.number ? 'number' : null, 'aria-sort': sort},
      el('button', {type: 'button', onclick: order, 'data-key': `sort-${column.title}`}, column.title + (sort ? (state.descending ? ' ↓' : ' ↑') : '')));
}

function compare(a, b) {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en', {numeric: true});
}

/** A number with three digits that count. */
export function figure(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (Number.isInteger(value) || value >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(value < 10 ? 2 : 1);
}

export function milliseconds(seconds) {
  return seconds === null || Number.isNaN(seconds) ? '–' : seconds === Infinity ? '> 33 s' : `${figure(seconds * 1000)} ms`;
}

export const percent = (share) => (Number.isNaN(share) ? '–' : `${figure(share * 100)} %`);
