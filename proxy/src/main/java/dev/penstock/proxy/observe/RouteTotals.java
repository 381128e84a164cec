package dev.penstock.proxy.observe;

/** A route's series, put together from all event loops. */
final class RouteTotals {

    final long[][] requests = new long[RouteCells.CLASSES][RequestMethod.count()];
    final long[] sums = new long[RouteCells.SUMS];
    final long[] durations = new long[LatencyBuckets.COUNT];
    final long[] upstreamDurations = new long[LatencyBuckets.COUNT];
}
