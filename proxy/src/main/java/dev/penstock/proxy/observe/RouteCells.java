package dev.penstock.proxy.observe;

import dev.penstock.proxy.trace.RequestTrace;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** One event loop's part of a route's series. Written by that loop only. */
final class RouteCells {

    /** Status classes: 0 for no status at all, then 1xx to 5xx. */
    static final int CLASSES = 6;

    static final int BYTES_IN = 0;
    static final int BYTES_OUT = 1;
    static final int DURATION_NANOS = 2;
    static final int UPSTREAM_NANOS = 3;
    static final int SUMS = 4;

    /** How long a trace stands for its bucket at least: scrapes come every few seconds. */
    private static final long TRACED_MILLIS_MIN = 1_000;

    /** By status class; a row by method. Most routes never see most classes. */
    private final AtomicReferenceArray<Counters> requests = new AtomicReferenceArray<>(CLASSES);

    private final Counters sums = new Counters(SUMS);
    private final Counters durations = new Counters(LatencyBuckets.COUNT);
    private final Counters upstreamDurations = new Counters(LatencyBuckets.COUNT);

    /** A recent trace for each bucket of durations; null where nothing was recorded yet. */
    private volatile @Nullable AtomicReferenceArray<TracedDuration> traced;

    /**
     * A request's duration and the trace that shows it.
     *
     * @param epochMillis when the request began
     */
    record TracedDuration(String traceId, String spanId, long nanos, long epochMillis) {}

    void record(ExchangeRecord exchange) {
        int statusClass = exchange.status() / 100;
        row(statusClass >= CLASSES ? 0 : statusClass).increment(exchange.knownMethod().ordinal());
        sums.add(BYTES_IN, exchange.bytesIn());
        sums.add(BYTES_OUT, exchange.bytesOut());
        long nanos = exchange.durationNanos();
        sums.add(DURATION_NANOS, nanos);
        int bucket = LatencyBuckets.indexOf(nanos);
        durations.increment(bucket);
        RequestTrace trace = exchange.trace();
        if (trace != null && trace.isSampled()) {
            remember(bucket, trace, exchange);
        }
        long upstreamNanos = exchange.upstreamNanos();
        if (upstreamNanos >= 0) {
            sums.add(UPSTREAM_NANOS, upstreamNanos);
            upstreamDurations.increment(LatencyBuckets.indexOf(upstreamNanos));
        }
    }

    private void remember(int bucket, RequestTrace trace, ExchangeRecord exchange) {
        AtomicReferenceArray<TracedDuration> kept = traced;
        if (kept == null) {
            kept = new AtomicReferenceArray<>(LatencyBuckets.COUNT);
            traced = kept;
        }
        TracedDuration last = kept.getPlain(bucket);
        if (last == null || exchange.startMillis() - last.epochMillis() >= TRACED_MILLIS_MIN) {
            kept.setRelease(
                    bucket,
                    new TracedDuration(
                            trace.traceId(),
                            trace.spanId(),
                            exchange.durationNanos(),
                            exchange.startMillis()));
        }
    }

    private Counters row(int statusClass) {
        Counters row = requests.getPlain(statusClass);
        if (row == null) {
            row = new Counters(RequestMethod.count());
            requests.setRelease(statusClass, row);
        }
        return row;
    }

    /** Adds all that was counted here. May be called on any thread. */
    void addTo(RouteTotals totals) {
        for (int i = 0; i < CLASSES; i++) {
            Counters row = requests.getAcquire(i);
            if (row != null) {
                row.addTo(totals.requests[i]);
            }
        }
        sums.addTo(totals.sums);
        durations.addTo(totals.durations);
        upstreamDurations.addTo(totals.upstreamDurations);
        AtomicReferenceArray<TracedDuration> kept = traced;
        for (int i = 0; kept != null && i < LatencyBuckets.COUNT; i++) {
            totals.addTraced(i, kept.getAcquire(i));
        }
    }
}
