import {el, table} from './dom.js';
import {objectLink} from './links.js';
import {search} from './search.js';
import {store} from './store.js';

const order = {column: 0, descending: false};
let field = null;

export const COLUMNS = [
  {title: 'Object', value: (row) => `${row.kind} ${row.namespace}/${row.name}`, cell: (row) => objectLink(row.kind, row.namespace, row.name)},
  {title: 'Field', value: (row) => row.field, cell: (row) => [el('code', null, row.field), row.location ? el('div', {class: 'quiet'}, row.location) : null].filter(Boolean)},
  {title: 'What is wrong', value: (row) => row.message},
  {title: 'What is done instead', value: (row) => row.consequence},
  {title: 'Reason', value: (row) => row.reason},
];

export const problems = {
  live: true,
  title: () => 'Problems',
  draw(into, parts, redraw) {
    if (!field || !into.contains(field.rest)) field = search('Object, field or text', into, redraw);
    const found = store.config.problems.filter((row) => field.takes(row.kind, row.namespace, row.name, row.field, row.message, row.reason));
    field.rest.replaceChildren(table('Problems', COLUMNS, found, order, redraw));
  },
};
