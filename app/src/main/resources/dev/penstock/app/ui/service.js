import {el, facts, table} from './dom.js';
import {objectLink} from './links.js';
import {get, store} from './store.js';
import {COLUMNS, withTraffic} from './routes.js';

const order = {column: 0, descending: false};
const routeOrder = {column: 0, descending: false};

/** Where connections to a port of a Service go: also part of the explain page. */
export function explanation(report, redraw) {
  const columns = [
    {title: 'Endpoint', value: (row) => row.address, cell: (row) => el('code', null, row.address)},
    {title: 'Used', value: (row) => (row.used ? 'yes' : 'no'), cell: (row) => el('span', {class: row.used ? 'good' : 'bad'}, row.used ? 'yes' : 'no')},
    {title: 'Why', value: (row) => row.reason},
    {title: 'Pod', value: (row) => row.target ?? ''},
    {title: 'Node', value: (row) => row.node ?? ''},
    {title: 'Zone', value: (row) => row.zone ?? ''},
  ];
  return [
    facts([
      ['State', `${report.availability}: ${report.reason}`],
      ['Type', report.type],
      ['Spread by', report.algorithm],
      ['Affinity', report.affinitySeconds ? `client address, ${report.affinitySeconds} s` : ''],
      ['Cluster addresses', report.clusterIps?.join(', ')],
      ['External name', report.externalName],
    ]),
    table(`Endpoints of ${report.port}`, columns, report.endpoints, order, redraw),
    report.node.map((one) => [el('h2', null, `By the rules of a node: ${one.protocol}, ${one.family}`), rules('Cluster address', one.cluster), rules('From outside', one.outside),
      one.problems.map((problem) => el('p', {class: 'bad'}, problem))]),
  ];
}

function rules(title, entry) {
  return entry ? [el('p', null, `${title} (policy ${entry.policy})`), facts([
    ['Addresses', entry.addresses.join(', ')],
    ['Verdict', `${entry.verdict}: ${entry.reason}`],
    ['Masquerade', entry.masquerade],
    ['Destinations', entry.destinations.join(', ')],
  ])] : null;
}

let generation = 0;

export const service = {
  title: ([namespace, name]) => `Service ${namespace}/${name}`,
  async draw(into, [namespace, name], redraw) {
    const mine = ++generation;
    const found = store.config.services.find((one) => one.namespace === namespace && one.name === name);
    if (!found) {
      into.replaceChildren(el('p', null, 'No route leads to a Service of this name; ', objectLink('Service', namespace, name, 'its problems'), '.'));
      return;
    }
    const reports = await Promise.all(found.ports.map((port) =>
      get(`../explain?service=${encodeURIComponent(`${namespace}/${name}:${port.port}`)}`).then((answer) => answer.json(), (e) => e)));
    if (mine !== generation) return;
    const leading = store.config.routes.filter((route) => route.service?.split(':')[0] === `${namespace}/${name}`);
    into.replaceChildren(
        ...found.ports.flatMap((port, i) => [
          el('h2', null, `Port ${port.name ? `${port.name} ` : ''}${port.port}/${port.protocol}`),
          ...(reports[i] instanceof Error ? [el('p', {class: 'bad'}, reports[i].message)] : explanation(reports[i], redraw).flat(Infinity).filter(Boolean)),
        ]),
        el('h2', null, 'Routes that lead here'),
        table('Routes', COLUMNS, withTraffic(leading), routeOrder, redraw));
  },
};
