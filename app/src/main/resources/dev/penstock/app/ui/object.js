import {el, table} from './dom.js';
import {COLUMNS as PROBLEM_COLUMNS} from './problems.js';
import {COLUMNS as ROUTE_COLUMNS, withTraffic} from './routes.js';
import {store} from './store.js';

const routeOrder = {column: 0, descending: false};
const problemOrder = {column: 0, descending: false};

/** What became of an object of the cluster. */
export const object = {
  live: true,
  title: ([kind, namespace, name]) => `${kind} ${namespace ? `${namespace}/` : ''}${name}`,
  draw(into, [kind, namespace, name], redraw) {
    const its = (one) => one.kind === kind && one.namespace === namespace && one.name === name;
    const routes = store.config.routes.filter(its);
    const problems = store.config.problems.filter(its);
    const certificates = store.config.certificates.filter((one) => one.source === `${kind} ${namespace}/${name}`);
    into.replaceChildren(...[
      certificates.length > 0 ? el('p', null, 'Its certificate is served for ', certificates.flatMap((one) => one.hosts).join(', ') || 'every other host', '.') : null,
      el('h2', null, 'Routes it became'), table('Routes', ROUTE_COLUMNS, withTraffic(routes), routeOrder, redraw),
      el('h2', null, 'Its problems'), table('Problems', PROBLEM_COLUMNS, problems, problemOrder, redraw),
    ].filter(Boolean));
  },
};
