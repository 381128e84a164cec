package dev.penstock.proxy.observe;

import java.util.concurrent.atomic.AtomicReferenceArray;

/** One event loop's part of a route's series. Written by that loop only. */
final class RouteCells {

    /** Status classes: 0 for no status at all, then 1xx to 5xx. */
    static final int CLASSES = 6;

    static final int BYTES_IN = 0;
    static final int BYTES_OUT = 1;
    static final int DURATION_NANOS = 2;
    static final int UPSTREAM_NANOS = 3;
    static final int SUMS = 4;

    /** By status class; a row by method. Most routes never see most classes. */
    private final AtomicReferenceArray<Counters> requests = new AtomicReferenceArray<>(CLASSES);

    private final Counters sums = new Counters(SUMS);
    private final Counters durations = new Counters(LatencyBuckets.COUNT);
    private final Counters upstreamDurations = new Counters(LatencyBuckets.COUNT);

    void record(ExchangeRecord exchange) {
        int statusClass = exchange.status() / 100;
        row(statusClass >= CLASSES ? 0 : statusClass).increment(exchange.knownMethod().ordinal());
        sums.add(BYTES_IN, exchange.bytesIn());
        sums.add(BYTES_OUT, exchange.bytesOut());
        long nanos = exchange.durationNanos();
        sums.add(DURATION_NANOS, nanos);
        durations.increment(LatencyBuckets.indexOf(nanos));
        long upstreamNanos = exchange.upstreamNanos();
        if (upstreamNanos >= 0) {
            sums.add(UPSTREAM_NANOS, upstreamNanos);
            upstreamDurations.increment(LatencyBuckets.indexOf(upstreamNanos));
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
    }
}
