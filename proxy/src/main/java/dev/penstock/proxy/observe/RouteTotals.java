package dev.penstock.proxy.observe;

import dev.penstock.proxy.observe.RouteCells.TracedDuration;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A route's series, put together from all event loops. */
final class RouteTotals {

    final long[][] requests = new long[RouteCells.CLASSES][RequestMethod.count()];
    final long[] sums = new long[RouteCells.SUMS];
    final long[] durations = new long[LatencyBuckets.COUNT];
    final long[] upstreamDurations = new long[LatencyBuckets.COUNT];

    private final SortedMap<Integer, TracedDuration> traced = new TreeMap<>();

    /** Keeps the latest trace of a bucket. */
    void addTraced(int bucket, @Nullable TracedDuration added) {
        if (added != null) {
            traced.merge(bucket, added, (a, b) -> a.epochMillis() >= b.epochMillis() ? a : b);
        }
    }

    /** A recent trace for each bucket of durations that has one. */
    Collection<TracedDuration> traced() {
        return traced.values();
    }
}
