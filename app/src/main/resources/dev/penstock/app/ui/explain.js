import {el, facts, table} from './dom.js';
import {objectLink} from './links.js';
import {explanation} from './service.js';
import {get} from './store.js';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const missOrder = {column: 0, descending: false};
let form = null;

const rule = (one) => [objectLink(one.kind, one.namespace, one.name), ' ', el('code', null, one.field), ` ${one.pathType} `, el('code', null, one.path)];

/** Type a URL, see the winner and the losers. */
export const explain = {
  title: () => 'Explain',
  draw(into, [url], redraw) {
    if (form && into.contains(form)) return;
    const address = el('input', {name: 'url', type: 'text', required: true, value: url ?? '', placeholder: 'https://shop.example/cart', autocomplete: 'off', spellcheck: 'false', 'data-key': 'url'});
    const method = el('select', {name: 'method', 'data-key': 'method'}, METHODS.map((one) => el('option', null, one)));
    const headers = el('textarea', {name: 'headers', rows: '1', placeholder: 'Name: value, one a line', spellcheck: 'false', 'data-key': 'headers'});
    const answer = el('section', {'aria-live': 'polite', id: 'explanation'});
    const ask = async () => {
      const query = new URLSearchParams({url: address.value.trim(), method: method.value});
      headers.value.split('\n').filter((line) => line.trim()).forEach((line) => query.append('header', line.trim()));
      try {
        show(answer, await (await get(`../explain?${query}`)).json());
      } catch (e) {
        answer.replaceChildren(el('p', {class: 'bad'}, e.message));
      }
    };
    form = el('form', {onsubmit: (event) => { event.preventDefault(); ask(); }},
        el('label', {class: 'wide'}, 'URL', address), el('label', null, 'Method', method), el('label', {class: 'wide'}, 'Headers', headers),
        el('button', {class: 'primary', 'data-key': 'ask'}, 'Explain'));
    into.replaceChildren(form, answer);
    if (url) ask();
  },
};

function show(into, result) {
  const redraw = () => show(into, result);
  const misses = [
    {title: 'Rule', value: (row) => `${row.rule.namespace}/${row.rule.name}`, cell: (row) => rule(row.rule)},
    {title: 'Host', value: (row) => row.host ?? '*'},
    {title: 'Why not', value: (row) => row.reason},
  ];
  const policies = result.policies.filter((one) => !one.default).map((one) => `${one.name} ${one.value}`).join(', ');
  into.replaceChildren(...[
    el('h2', null, 'Answer'),
    el('div', {class: 'panel'}, facts([
      ['Answer', result.answer],
      ['Rule', result.rule ? el('span', null, rule(result.rule)) : ''],
      ['Because', result.reason],
      ['Path as routed', result.path ? el('code', null, result.path) : ''],
      ['Set by annotations', policies],
      ['Certificate', result.certificate ? `${result.certificate.source}, until ${result.certificate.notAfter}${result.certificate.coversHost ? '' : '; does not cover the host'}` : ''],
    ])),
    el('h2', null, 'Rules that came near'),
    table('Near misses', misses, result.nearMisses ?? [], missOrder, redraw),
    result.service ? el('h2', null, `Service ${result.service.port}`) : null,
    ...(result.service ? explanation(result.service, redraw).flat(Infinity) : []),
  ].filter(Boolean));
}
