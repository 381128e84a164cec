// What the page knows: the configuration being served, and traffic as samples over time.

const SAMPLE_MILLIS = 2000;
const WINDOW_SAMPLES = 15;
const CHART_SAMPLES = 150;
const GAUGES = [
  'penstock_config_generation', 'penstock_http_requests_in_flight', 'penstock_connections', 'penstock_upstream_connections',
  'penstock_build_info', 'penstock_leader', 'process_cpu_seconds_total', 'jvm_memory_used_bytes',
  'penstock_node_mode_info', 'penstock_node_rules', 'penstock_node_services', 'penstock_node_services_without_endpoints',
  'penstock_node_destinations', 'penstock_node_last_queued_timestamp_seconds', 'penstock_node_last_applied_timestamp_seconds',
  'penstock_node_sync_failures_total', 'penstock_node_repairs_total',
];

export const store = {
  /** The answer of /configz, or null before the first. */
  config: null,
  /** Metrics without histograms: name to list of {labels, value}. */
  metrics: new Map(),
  /** Requests a second over the last minutes, oldest first. */
  chart: [],
  /** Null while all is well. */
  error: null,
  samples: [],
};

export const get = async (url) => {
  const response = await fetch(url, {cache: 'no-store'});
  if (!response.ok) throw new Error((await response.text()).trim() || `status ${response.status}`);
  return response;
};

/** Keeps the store up to date, and tells each time it has changed. */
export async function follow(changed) {
  for (;;) {
    const began = Date.now();
    try {
      await sample();
      store.error = null;
    } catch (e) {
      store.error = e.message;
    }
    changed();
    await new Promise((resolve) => setTimeout(resolve, Math.max(200, SAMPLE_MILLIS - (Date.now() - began))));
  }
}

async function sample() {
  const query = GAUGES.map((name) => `name[]=${name}`).join('&');
  const [metrics, traffic] = await Promise.all([
    get(`../metrics?${query}`).then((answer) => answer.text()),
    get('traffic').then((answer) => answer.json()),
  ]);
  store.metrics = parse(metrics);
  const generation = value('penstock_config_generation');
  if (store.config === null || store.config.generation !== generation || store.config.problems.length > 0) {
    store.config = await (await get('../configz')).json();
  }
  const previous = store.samples.at(-1);
  const now = {at: performance.now() / 1000, bounds: traffic.bounds, series: new Map(traffic.series.map((one) => [one.key.join('\n'), one]))};
  store.samples.push(now);
  if (store.samples.length > WINDOW_SAMPLES) store.samples.shift();
  if (previous) {
    const requests = (sampled) => [...sampled.series.values()].reduce((sum, one) => sum + one.requests, 0);
    store.chart.push(Math.max(0, requests(now) - requests(previous)) / (now.at - previous.at));
    if (store.chart.length > CHART_SAMPLES) store.chart.shift();
  }
}

/** The text format of Prometheus, without histograms and comments. */
function parse(text) {
  const metrics = new Map();
  for (const line of text.split('\n')) {
    const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    if (!match) continue;
    const labels = {};
    for (const [, name, quoted] of (match[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      labels[name] = quoted.replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c));
    }
    if (!metrics.has(match[1])) metrics.set(match[1], []);
    metrics.get(match[1]).push({labels, value: Number(match[3])});
  }
  return metrics;
}

/** The sum over all series of a metric, or null if there is none. */
export function value(name) {
  const series = store.metrics.get(name);
  return series ? series.reduce((sum, one) => sum + one.value, 0) : null;
}

export const labels = (name) => store.metrics.get(name)?.[0]?.labels ?? {};

const NOTHING = {rate: 0, clientErrors: NaN, serverErrors: NaN, p50: NaN, p99: NaN, total: 0};

/** Rates, shares and latencies over the last half minute, of the series that the filter takes. */
export function traffic(filter) {
  const last = store.samples.at(-1);
  const first = store.samples[0];
  if (!last) return NOTHING;
  const sum = {requests: 0, client: 0, server: 0, total: 0, buckets: last.bounds.map(() => 0)};
  for (const [key, series] of last.series) {
    if (!filter(series.key)) continue;
    const before = first.series.get(key);
    const since = (now, then) => Math.max(0, now - (before ? then : 0));
    sum.total += series.requests;
    sum.requests += since(series.requests, before?.requests);
    sum.client += since(series.clientErrors, before?.clientErrors);
    sum.server += since(series.serverErrors, before?.serverErrors);
    series.durations.forEach((count, i) => { sum.buckets[i] += since(count, before?.durations[i]); });
  }
  const seconds = last.at - first.at;
  return {
    rate: seconds > 0 ? sum.requests / seconds : 0,
    clientErrors: sum.client / sum.requests,
    serverErrors: sum.server / sum.requests,
    p50: quantile(sum.buckets, last.bounds, 0.5),
    p99: quantile(sum.buckets, last.bounds, 0.99),
    total: sum.total,
  };
}

/** Within a bucket values are taken as evenly spread. bounds: upper ones, null for none. */
function quantile(buckets, bounds, share) {
  const all = buckets.reduce((sum, count) => sum + count, 0);
  let rest = all * share;
  if (all === 0) return NaN;
  for (let i = 0; i < buckets.length; i++) {
    if (rest <= buckets[i]) {
      const low = i === 0 ? 0 : bounds[i - 1];
      return bounds[i] === null ? Infinity : low + (bounds[i] - low) * (rest / buckets[i]);
    }
    rest -= buckets[i];
  }
  return Infinity;
}
