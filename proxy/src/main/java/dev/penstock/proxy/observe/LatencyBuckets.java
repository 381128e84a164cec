package dev.penstock.proxy.observe;

/**
 * The buckets of every latency histogram: half a millisecond, and each the double of the one
 * before. Few enough for thousands of routes.
 */
final class LatencyBuckets {

    private static final long FIRST_NANOS = 500_000;
    private static final int BOUNDS = 17;

    /** The last one has no bound. */
    static final int COUNT = BOUNDS + 1;

    private LatencyBuckets() {}

    /** The bucket of a duration; a bound belongs to the bucket below it. */
    static int indexOf(long nanos) {
        if (nanos <= FIRST_NANOS) {
            return 0;
        }
        int doublings = Long.SIZE - Long.numberOfLeadingZeros((nanos - 1) / FIRST_NANOS);
        return Math.min(doublings, BOUNDS);
    }

    /** The bounds in seconds, the last one infinite. */
    static double[] upperBounds() {
        double[] bounds = new double[COUNT];
        for (int i = 0; i < BOUNDS; i++) {
            bounds[i] = (FIRST_NANOS << i) / 1e9;
        }
        bounds[BOUNDS] = Double.POSITIVE_INFINITY;
        return bounds;
    }
}
