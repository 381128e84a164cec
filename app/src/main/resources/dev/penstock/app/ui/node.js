import {el, figure, table, tiles} from './dom.js';
import {COLUMNS} from './problems.js';
import {labels, store, value} from './store.js';

const order = {column: 0, descending: false};

/** The rules that this process makes on its node. */
export const node = {
  live: true,
  title: () => 'Node',
  draw(into, parts, redraw) {
    if (value('penstock_node_rules') === null) {
      into.replaceChildren(el('p', null, 'This process makes no rules on its node. ', el('code', null, 'serve --node-proxy MODE'), ' does, and so does ', el('code', null, 'penstock node'), '.'));
      return;
    }
    const behind = value('penstock_node_last_queued_timestamp_seconds') - value('penstock_node_last_applied_timestamp_seconds');
    const problems = store.config.problems.filter((one) => one.kind === 'Node' || one.kind === 'Service');
    into.replaceChildren(
        tiles([
          ['Mode', labels('penstock_node_mode_info').mode ?? '?'],
          ['Rules', figure(value('penstock_node_rules'))],
          ['Service ports', figure(value('penstock_node_services'))],
          ['Without endpoints', figure(value('penstock_node_services_without_endpoints'))],
          ['Destinations', figure(value('penstock_node_destinations'))],
          ['Rules are', behind > 0 ? el('span', {class: 'bad'}, `${figure(behind)} s behind`) : el('span', {class: 'good'}, 'up to date')],
          ['Failed syncs', figure(value('penstock_node_sync_failures_total'))],
          ['Repairs', figure(value('penstock_node_repairs_total'))],
        ]),
        el('h2', null, 'Problems of Services and of the node'),
        table('Problems', COLUMNS, problems, order, redraw));
  },
};
