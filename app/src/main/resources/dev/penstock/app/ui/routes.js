import {el, figure, milliseconds, percent, table} from './dom.js';
import {explainLink, objectLink, serviceLink} from './links.js';
import {search} from './search.js';
import {store, traffic} from './store.js';

const order = {column: 0, descending: false};
let field = null;

const target = (route) => (route.service ? serviceLink(route.service) : `answers ${route.status}: ${route.reason}`);
const serviceName = (route) => (route.service ? route.service.split('/')[1].split(':')[0] : '');

export const COLUMNS = [
  {title: 'Host', value: (row) => row.host || '*', cell: (row) => [row.host || '*', row.tls ? el('span', {class: 'badge'}, 'TLS') : '']},
  {title: 'Path', value: (row) => row.path, cell: (row) => [el('code', null, row.path), el('span', {class: 'quiet'}, ` ${row.pathType}`)]},
  {title: 'Goes to', value: (row) => row.service ?? '', cell: target},
  {title: 'From', value: (row) => `${row.namespace}/${row.name}`, cell: (row) => objectLink(row.kind, row.namespace, row.name)},
  {title: 'a second', number: true, value: (row) => row.live.rate, cell: (row) => figure(row.live.rate)},
  {title: '5xx', number: true, value: (row) => row.live.serverErrors || 0, cell: (row) => el('span', {class: row.live.serverErrors > 0 ? 'bad' : null}, percent(row.live.serverErrors))},
  {title: 'p99', number: true, value: (row) => row.live.p99 || 0, cell: (row) => milliseconds(row.live.p99)},
  {title: 'Why', value: () => '', cell: (row) => explainLink(example(row), 'explain')},
];

/** A request that would take the route. */
function example(row) {
  return `${row.tls ? 'https' : 'http'}://${(row.host || 'any.example').replace('*', 'any')}${row.path}`;
}

/** Routes with what they carry. Routes of one Ingress to one Service are counted together. */
export function withTraffic(routes) {
  const known = new Map();
  return routes.map((route) => {
    const key = [route.namespace, route.name, serviceName(route)].join('\n');
    if (!known.has(key)) known.set(key, traffic((series) => series.join('\n') === key));
    return {...route, live: known.get(key)};
  });
}

export const routes = {
  live: true,
  title: () => 'Routes',
  draw(into, parts, redraw) {
    if (!field || !into.contains(field.rest)) field = search('Host, path, Service or Ingress', into, redraw);
    const found = store.config.routes.filter((route) => field.takes(route.host || '*', route.path, route.service ?? '', route.namespace, route.name, route.kind));
    field.rest.replaceChildren(
        table('Routes', COLUMNS, withTraffic(found), order, redraw),
        el('p', {class: 'quiet'}, 'Rates are of the last half minute; routes of one Ingress to one Service are counted together.'));
  },
};
