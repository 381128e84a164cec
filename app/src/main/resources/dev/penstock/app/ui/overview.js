import {el, figure, milliseconds, percent, tiles} from './dom.js';
import {labels, store, traffic, value} from './store.js';

const SVG = 'http://www.w3.org/2000/svg';

export const overview = {
  live: true,
  title: () => 'Overview',
  draw(into) {
    const all = traffic(() => true);
    const config = store.config;
    const build = labels('penstock_build_info');
    const leader = value('penstock_leader');
    into.replaceChildren(
        tiles([
          ['Requests a second', figure(all.rate)],
          ['In flight', figure(value('penstock_http_requests_in_flight'))],
          ['Latency p50', milliseconds(all.p50)],
          ['Latency p99', milliseconds(all.p99)],
          ['Answers 5xx', percent(all.serverErrors)],
          ['Answers 4xx', percent(all.clientErrors)],
          ['Client connections', figure(value('penstock_connections'))],
          ['Endpoint connections', figure(value('penstock_upstream_connections'))],
          ['Routes', figure(config.routes.length)],
          ['Problems', figure(config.problems.length)],
        ]),
        el('h2', null, 'Requests a second, last five minutes'),
        chart(store.chart),
        el('h2', null, 'This process'),
        el('p', null,
            `Version ${build.version ?? '?'}, Java ${build.java ?? '?'}, ${memory()}. `,
            leader === null ? 'From manifests, without a cluster.' : leader === 1 ? 'It writes status and Events.' : 'Another replica writes status and Events.'),
        el('p', null, 'Listens at ', config.listeners.map((one) => `${one.name} ${one.address.includes(':') ? `[${one.address}]` : one.address}:${one.port}`).join(', '),
            `. Generation ${config.generation} since ${new Date(config.appliedAt).toLocaleString()}.`),
    );
  },
};

function memory() {
  const heap = store.metrics.get('jvm_memory_used_bytes')?.find((one) => one.labels.area === 'heap');
  return heap ? `${figure(heap.value / 1048576)} MiB of heap in use` : 'heap unknown';
}

function chart(values) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'chart');
  svg.setAttribute('viewBox', '0 0 150 100');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('role', 'img');
  const most = Math.max(1, ...values);
  svg.setAttribute('aria-label', `Requests a second: at most ${figure(most)}, now ${figure(values.at(-1) ?? 0)}`);
  const line = document.createElementNS(SVG, 'polyline');
  const left = 150 - values.length;
  line.setAttribute('points', values.map((one, i) => `${left + i + 0.5},${96 - (one / most) * 90}`).join(' '));
  svg.append(line);
  return svg;
}
