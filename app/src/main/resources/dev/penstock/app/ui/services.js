import {el, figure, table} from './dom.js';
import {serviceLink} from './links.js';
import {search} from './search.js';
import {store, traffic} from './store.js';

const order = {column: 0, descending: false};
let field = null;

const endpoints = (service) => service.ports.flatMap((port) => port.endpoints);
const usable = (service) => endpoints(service).filter((one) => one.ready).length;

const COLUMNS = [
  {title: 'Service', value: (row) => `${row.namespace}/${row.name}`, cell: (row) => serviceLink(`${row.namespace}/${row.name}`)},
  {title: 'Type', value: (row) => row.type, cell: (row) => row.type + (row.externalName ? ` ${row.externalName}` : '')},
  {title: 'Ports', value: (row) => row.ports.map((port) => port.port).join(' '), cell: (row) => row.ports.map((port) => `${port.name ? `${port.name} ` : ''}${port.port}/${port.protocol}`).join(', ')},
  {title: 'Ready', number: true, value: usable, cell: (row) => el('span', {class: usable(row) === 0 && !row.externalName ? 'bad' : null}, `${usable(row)} of ${endpoints(row).length}`)},
  {title: 'a second', number: true, value: (row) => row.live.rate, cell: (row) => figure(row.live.rate)},
];

export const services = {
  live: true,
  title: () => 'Services',
  draw(into, parts, redraw) {
    if (!field || !into.contains(field.rest)) field = search('Service, type or address', into, redraw);
    const found = store.config.services
        .filter((service) => field.takes(service.namespace, service.name, service.type, ...endpoints(service).map((one) => `${one.address} ${one.target ?? ''}`)))
        .map((service) => ({...service, live: traffic(([namespace, , name]) => namespace === service.namespace && name === service.name)}));
    field.rest.replaceChildren(table('Services', COLUMNS, found, order, redraw));
  },
};
