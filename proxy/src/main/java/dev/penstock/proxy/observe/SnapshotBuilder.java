package dev.penstock.proxy.observe;

import dev.penstock.proxy.metric.MetricDescription;
import dev.penstock.proxy.metric.ProxyMetric;
import dev.penstock.proxy.observe.RouteCells.TracedDuration;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Gathers one answer to a scrape. */
final class SnapshotBuilder {

    private static final String[] STATUS_CLASSES = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
    private static final double[] UPPER_BOUNDS = LatencyBuckets.upperBounds();
    private static final double NANOS_PER_SECOND = 1e9;

    private final List<CounterDataPointSnapshot> requests = new ArrayList<>();
    private final List<CounterDataPointSnapshot> bytesIn = new ArrayList<>();
    private final List<CounterDataPointSnapshot> bytesOut = new ArrayList<>();
    private final List<HistogramDataPointSnapshot> durations = new ArrayList<>();
    private final List<HistogramDataPointSnapshot> upstreamDurations = new ArrayList<>();
    private final List<CounterDataPointSnapshot> accepted = new ArrayList<>();
    private final List<GaugeDataPointSnapshot> open = new ArrayList<>();
    private final List<MetricSnapshot> loopSnapshots = new ArrayList<>();

    void route(RouteMetrics route) {
        RouteTotals totals = route.totals();
        if (totals == null) {
            return;
        }
        RouteLabels key = route.labels();
        Labels labels =
                Labels.of(
                        "namespace", key.namespace(),
                        "ingress", key.ingress(),
                        "service", key.service());
        for (int i = 0; i < totals.requests.length; i++) {
            for (int m = 0; m < totals.requests[i].length; m++) {
                if (totals.requests[i][m] > 0) {
                    requests.add(
                            counter(
                                    totals.requests[i][m],
                                    labels.add("code", STATUS_CLASSES[i])
                                            .add("method", RequestMethod.at(m).name())));
                }
            }
        }
        bytesIn.add(counter(totals.sums[RouteCells.BYTES_IN], labels));
        bytesOut.add(counter(totals.sums[RouteCells.BYTES_OUT], labels));
        durations.add(
                histogram(
                        totals.durations,
                        totals.sums[RouteCells.DURATION_NANOS],
                        labels,
                        exemplars(totals)));
        upstreamDurations.add(
                histogram(
                        totals.upstreamDurations,
                        totals.sums[RouteCells.UPSTREAM_NANOS],
                        labels,
                        Exemplars.EMPTY));
    }

    void listener(ListenerMetrics listener) {
        long[] totals = listener.totals();
        Labels labels = Labels.of("listener", listener.name());
        accepted.add(counter(totals[ListenerMetrics.ACCEPTED], labels));
        open.add(gauge(totals[ListenerMetrics.ACCEPTED] - totals[ListenerMetrics.CLOSED], labels));
    }

    void loops(List<LoopMetrics> loops) {
        long[] sums = new long[LoopMetrics.COUNTERS];
        loops.forEach(loop -> loop.counters().addTo(sums));
        gauges(sums);
        loopSnapshots.add(total(ProxyMetric.UPSTREAM_OPENED, sums[LoopMetrics.UPSTREAM_OPENED]));
        loopSnapshots.add(total(ProxyMetric.UPSTREAM_FAILED, sums[LoopMetrics.UPSTREAM_FAILED]));
        loopSnapshots.add(total(ProxyMetric.RETRIES, sums[LoopMetrics.RETRIES]));
        loopSnapshots.add(
                new CounterSnapshot(
                        metadata(ProxyMetric.HANDSHAKES),
                        List.of(
                                counter(
                                        sums[LoopMetrics.HANDSHAKES],
                                        Labels.of("result", "success")),
                                counter(
                                        sums[LoopMetrics.HANDSHAKES_FAILED],
                                        Labels.of("result", "failure")))));
        named(ProxyMetric.REFUSED, loops, LoopMetrics::refusals);
        named(ProxyMetric.ERRORS, loops, LoopMetrics::errors);
    }

    private void gauges(long[] sums) {
        loopSnapshots.add(
                new GaugeSnapshot(
                        metadata(ProxyMetric.IN_FLIGHT),
                        List.of(
                                gauge(
                                        sums[LoopMetrics.EXCHANGES_STARTED]
                                                - sums[LoopMetrics.EXCHANGES_ENDED],
                                        Labels.EMPTY))));
        loopSnapshots.add(
                new GaugeSnapshot(
                        metadata(ProxyMetric.UPSTREAM_CONNECTIONS),
                        List.of(
                                gauge(
                                        sums[LoopMetrics.UPSTREAM_OPENED]
                                                - sums[LoopMetrics.UPSTREAM_CLOSED],
                                        Labels.EMPTY))));
    }

    MetricSnapshots build() {
        List<MetricSnapshot> all = new ArrayList<>(loopSnapshots);
        add(all, requests, ProxyMetric.REQUESTS);
        add(all, bytesIn, ProxyMetric.REQUEST_BYTES);
        add(all, bytesOut, ProxyMetric.RESPONSE_BYTES);
        add(all, accepted, ProxyMetric.ACCEPTED);
        if (!open.isEmpty()) {
            all.add(new GaugeSnapshot(metadata(ProxyMetric.CONNECTIONS), open));
        }
        if (!durations.isEmpty()) {
            all.add(histogram(ProxyMetric.REQUEST_DURATION, durations));
            all.add(histogram(ProxyMetric.UPSTREAM_DURATION, upstreamDurations));
        }
        return new MetricSnapshots(all);
    }

    private void named(
            ProxyMetric metric,
            List<LoopMetrics> loops,
            Function<LoopMetrics, ConcurrentMap<String, Counters>> table) {
        Map<String, Long> sums = new TreeMap<>();
        for (LoopMetrics loop : loops) {
            table.apply(loop)
                    .forEach((name, counters) -> sums.merge(name, counters.get(0), Long::sum));
        }
        List<CounterDataPointSnapshot> points = new ArrayList<>();
        String label = metric.description().labels().getFirst();
        sums.forEach((name, sum) -> points.add(counter(sum, Labels.of(label, name))));
        add(loopSnapshots, points, metric);
    }

    private static void add(
            List<MetricSnapshot> all, List<CounterDataPointSnapshot> points, ProxyMetric metric) {
        if (!points.isEmpty()) {
            all.add(new CounterSnapshot(metadata(metric), points));
        }
    }

    private static CounterSnapshot total(ProxyMetric metric, long value) {
        return new CounterSnapshot(metadata(metric), List.of(counter(value, Labels.EMPTY)));
    }

    private static MetricMetadata metadata(ProxyMetric metric) {
        return new MetricMetadata(metric.description().baseName(), metric.description().help());
    }

    private static HistogramSnapshot histogram(
            ProxyMetric metric, List<HistogramDataPointSnapshot> points) {
        MetricDescription description = metric.description();
        return new HistogramSnapshot(
                new MetricMetadata(description.name(), description.help(), Unit.SECONDS), points);
    }

    /** Traces that show durations; only OpenMetrics has them. */
    private static Exemplars exemplars(RouteTotals totals) {
        List<Exemplar> exemplars = new ArrayList<>();
        for (TracedDuration traced : totals.traced()) {
            exemplars.add(
                    Exemplar.builder()
                            .value(traced.nanos() / NANOS_PER_SECOND)
                            .traceId(traced.traceId())
                            .spanId(traced.spanId())
                            .timestampMillis(traced.epochMillis())
                            .build());
        }
        return exemplars.isEmpty() ? Exemplars.EMPTY : Exemplars.of(exemplars);
    }

    private static HistogramDataPointSnapshot histogram(
            long[] counts, long nanos, Labels labels, Exemplars exemplars) {
        return new HistogramDataPointSnapshot(
                ClassicHistogramBuckets.of(UPPER_BOUNDS, counts),
                nanos / NANOS_PER_SECOND,
                labels,
                exemplars,
                0L);
    }

    private static CounterDataPointSnapshot counter(long value, Labels labels) {
        return new CounterDataPointSnapshot(value, labels, noExemplar(), 0L);
    }

    private static GaugeDataPointSnapshot gauge(long value, Labels labels) {
        return new GaugeDataPointSnapshot(value, labels, noExemplar());
    }

    private static @Nullable Exemplar noExemplar() {
        return null;
    }
}
