import {el, table} from './dom.js';
import {objectLink} from './links.js';
import {search} from './search.js';
import {store} from './store.js';

const DAY_MILLIS = 86_400_000;
const WARN_DAYS = 21;
const order = {column: 2, descending: false};
let field = null;

const days = (row) => (row.notAfter ? Math.floor((Date.parse(row.notAfter) - Date.now()) / DAY_MILLIS) : Infinity);

function validity(row) {
  if (!row.notAfter) return 'unknown';
  const left = days(row);
  const date = new Date(row.notAfter).toLocaleDateString();
  return left < 0 ? el('span', {class: 'bad'}, `ended ${date}`) : el('span', {class: left < WARN_DAYS ? 'warn' : null}, `${left} days, ${date}`);
}

/** "Secret namespace/name", or another source that has no page. */
function source(row) {
  const match = /^(\w+) ([^/]+)\/(\S+)$/.exec(row.source);
  return match ? objectLink(match[1], match[2], match[3]) : row.source;
}

const COLUMNS = [
  {title: 'From', value: (row) => row.source, cell: source},
  {title: 'Served for', value: (row) => row.hosts.join(' '), cell: (row) => row.hosts.join(', ') || 'every other host'},
  {title: 'Valid for', number: true, value: days, cell: validity},
  {title: 'Names', value: (row) => (row.names ?? []).join(' '), cell: (row) => (row.names ?? []).join(', ')},
  {title: 'Issuer', value: (row) => row.issuer ?? ''},
  {title: 'Key', value: (row) => row.keyType ?? ''},
];

export const certificates = {
  live: true,
  title: () => 'Certificates',
  draw(into, parts, redraw) {
    if (!field || !into.contains(field.rest)) field = search('Secret, host or issuer', into, redraw);
    const found = store.config.certificates.filter((row) => field.takes(row.source, ...row.hosts, ...(row.names ?? []), row.issuer ?? ''));
    field.rest.replaceChildren(table('Certificates', COLUMNS, found, order, redraw));
  },
};
