package dev.penstock.l4.sync;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * When rules are brought up to date.
 *
 * @param minPeriod what lies at least between the starts of two syncs, so that a stream of changes
 *     is taken together; a change that comes after it is applied at once
 * @param period how often everything is asked for again without a change
 * @param checkPeriod how often it is looked whether the rules are still there and whether the
 *     node's addresses are the same
 * @param retryMin how long after a failure the next attempt comes; the pause doubles each time
 * @param retryMax the longest such pause
 */
public record SyncSettings(
        Duration minPeriod,
        Duration period,
        Duration checkPeriod,
        Duration retryMin,
        Duration retryMax) {

    /**
     * No least distance, since a sync costs what changed: kube-proxy's second makes up for syncs
     * that cost as much as there are Services. {@link SyncLoop} rests after each sync as long as it
     * took, which is what keeps a stream of changes from taking a whole processor.
     */
    public static final Duration MIN_PERIOD_DEFAULT = Duration.ZERO;

    /** As kube-proxy's. */
    public static final Duration PERIOD_DEFAULT = Duration.ofSeconds(30);

    private static final Duration CHECK_PERIOD = Duration.ofSeconds(2);

    public SyncSettings {
        requireNonNull(minPeriod, "minPeriod");
        if (minPeriod.isNegative()) {
            throw new IllegalArgumentException("minPeriod: " + minPeriod + " (expected: >= 0)");
        }
        requirePositive("period", period);
        requirePositive("checkPeriod", checkPeriod);
        requirePositive("retryMin", retryMin);
        requirePositive("retryMax", retryMax);
    }

    /** These periods, and the default for everything else. */
    public static SyncSettings of(Duration minPeriod, Duration period) {
        Duration check = period.compareTo(CHECK_PERIOD) < 0 ? period : CHECK_PERIOD;
        return new SyncSettings(
                minPeriod, period, check, Duration.ofMillis(100), Duration.ofSeconds(10));
    }

    private static void requirePositive(String name, Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
    }
}
