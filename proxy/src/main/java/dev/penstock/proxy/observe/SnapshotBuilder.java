package dev.penstock.proxy.observe;

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
        durations.add(histogram(totals.durations, totals.sums[RouteCells.DURATION_NANOS], labels));
        upstreamDurations.add(
                histogram(
                        totals.upstreamDurations, totals.sums[RouteCells.UPSTREAM_NANOS], labels));
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
        loopSnapshots.add(
                total(
                        "penstock_upstream_connections_opened",
                        "Connections to endpoints that were made.",
                        sums[LoopMetrics.UPSTREAM_OPENED]));
        loopSnapshots.add(
                total(
                        "penstock_upstream_connections_failed",
                        "Connections to endpoints that could not be made.",
                        sums[LoopMetrics.UPSTREAM_FAILED]));
        loopSnapshots.add(
                total(
                        "penstock_upstream_retries",
                        "Requests that were sent to an endpoint once more.",
                        sums[LoopMetrics.RETRIES]));
        loopSnapshots.add(
                new CounterSnapshot(
                        new MetricMetadata(
                                "penstock_tls_handshakes", "TLS handshakes with clients."),
                        List.of(
                                counter(
                                        sums[LoopMetrics.HANDSHAKES],
                                        Labels.of("result", "success")),
                                counter(
                                        sums[LoopMetrics.HANDSHAKES_FAILED],
                                        Labels.of("result", "failure")))));
        named(
                "penstock_http_refused",
                "Messages refused before they became requests, by reason.",
                "reason",
                loops,
                LoopMetrics::refusals);
        named(
                "penstock_http_errors",
                "Requests that did not end as they should, by error.",
                "error",
                loops,
                LoopMetrics::errors);
    }

    private void gauges(long[] sums) {
        loopSnapshots.add(
                new GaugeSnapshot(
                        new MetricMetadata(
                                "penstock_http_requests_in_flight", "Requests being served now."),
                        List.of(
                                gauge(
                                        sums[LoopMetrics.EXCHANGES_STARTED]
                                                - sums[LoopMetrics.EXCHANGES_ENDED],
                                        Labels.EMPTY))));
        loopSnapshots.add(
                new GaugeSnapshot(
                        new MetricMetadata(
                                "penstock_upstream_connections",
                                "Connections to endpoints that are open now."),
                        List.of(
                                gauge(
                                        sums[LoopMetrics.UPSTREAM_OPENED]
                                                - sums[LoopMetrics.UPSTREAM_CLOSED],
                                        Labels.EMPTY))));
    }

    MetricSnapshots build() {
        List<MetricSnapshot> all = new ArrayList<>(loopSnapshots);
        add(
                all,
                requests,
                "penstock_http_requests",
                "Requests answered, by class of status (none: no answer) and method.");
        add(all, bytesIn, "penstock_http_request_body_bytes", "Bytes of bodies that arrived.");
        add(all, bytesOut, "penstock_http_response_body_bytes", "Bytes of bodies that were sent.");
        add(all, accepted, "penstock_connections_accepted", "Clients' connections accepted.");
        if (!open.isEmpty()) {
            all.add(
                    new GaugeSnapshot(
                            new MetricMetadata(
                                    "penstock_connections",
                                    "Clients' connections that are open now."),
                            open));
        }
        if (!durations.isEmpty()) {
            all.add(
                    histogram(
                            "penstock_http_request_duration_seconds",
                            "From a request's head to the end of its answer.",
                            durations));
            all.add(
                    histogram(
                            "penstock_upstream_response_duration_seconds",
                            "From a request's head, as it was sent to an endpoint, to the head of"
                                    + " the answer.",
                            upstreamDurations));
        }
        return new MetricSnapshots(all);
    }

    private void named(
            String metric,
            String help,
            String label,
            List<LoopMetrics> loops,
            Function<LoopMetrics, ConcurrentMap<String, Counters>> table) {
        Map<String, Long> sums = new TreeMap<>();
        for (LoopMetrics loop : loops) {
            table.apply(loop)
                    .forEach((name, counters) -> sums.merge(name, counters.get(0), Long::sum));
        }
        List<CounterDataPointSnapshot> points = new ArrayList<>();
        sums.forEach((name, sum) -> points.add(counter(sum, Labels.of(label, name))));
        add(loopSnapshots, points, metric, help);
    }

    private static void add(
            List<MetricSnapshot> all,
            List<CounterDataPointSnapshot> points,
            String name,
            String help) {
        if (!points.isEmpty()) {
            all.add(new CounterSnapshot(new MetricMetadata(name, help), points));
        }
    }

    private static CounterSnapshot total(String name, String help, long value) {
        return new CounterSnapshot(
                new MetricMetadata(name, help), List.of(counter(value, Labels.EMPTY)));
    }

    private static HistogramSnapshot histogram(
            String name, String help, List<HistogramDataPointSnapshot> points) {
        return new HistogramSnapshot(new MetricMetadata(name, help, Unit.SECONDS), points);
    }

    private static HistogramDataPointSnapshot histogram(long[] counts, long nanos, Labels labels) {
        return new HistogramDataPointSnapshot(
                ClassicHistogramBuckets.of(UPPER_BOUNDS, counts),
                nanos / NANOS_PER_SECOND,
                labels,
                Exemplars.EMPTY,
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
