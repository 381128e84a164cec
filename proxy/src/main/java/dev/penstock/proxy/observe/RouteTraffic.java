package dev.penstock.proxy.observe;

import java.util.Arrays;
import java.util.List;

/**
 * What was counted so far for one set of labels.
 *
 * @param labels what tells it from others
 * @param requests exchanges that have ended
 * @param clientErrors those of them that were answered 4xx
 * @param serverErrors those of them that were answered 5xx
 * @param durations how many took how long, by the bounds of {@link #upperBounds}
 */
public record RouteTraffic(
        RouteLabels labels,
        long requests,
        long clientErrors,
        long serverErrors,
        List<Long> durations) {

    private static final int CLIENT_ERRORS = 4;
    private static final int SERVER_ERRORS = 5;

    public RouteTraffic {
        durations = List.copyOf(durations);
    }

    static RouteTraffic of(RouteLabels labels, RouteTotals totals) {
        return new RouteTraffic(
                labels,
                Arrays.stream(totals.requests).mapToLong(RouteTraffic::sum).sum(),
                sum(totals.requests[CLIENT_ERRORS]),
                sum(totals.requests[SERVER_ERRORS]),
                Arrays.stream(totals.durations).boxed().toList());
    }

    /** The upper bounds of the durations in seconds, the last one infinite. */
    public static double[] upperBounds() {
        return LatencyBuckets.upperBounds();
    }

    private static long sum(long[] counts) {
        return Arrays.stream(counts).sum();
    }
}
