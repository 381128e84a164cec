package dev.penstock.proxy.h2;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Bounds the work a peer can cause that serves no request. Frames that carry nothing take tokens,
 * which useful work and time give back; streams that are given up before their answer are counted
 * over a window of time, whichever side was made to reset them.
 */
final class FloodGuard {

    static final int TOKENS_MAX = 1000;
    static final int RESETS_MAX = 100;

    private static final int TOKENS_A_SECOND = 20;
    private static final long RESET_WINDOW_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final LongSupplier nanoTime;
    private int tokens = TOKENS_MAX;
    private long refilledAt;
    private int resets;
    private long resetsSince;

    FloodGuard(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        refilledAt = nanoTime.getAsLong();
        resetsSince = refilledAt;
    }

    /**
     * A frame that serves no request.
     *
     * @param reason of the error when there were too many
     */
    void charge(int cost, String reason) throws ConnectionError {
        tokens -= cost;
        if (tokens < 0) {
            long now = nanoTime.getAsLong();
            long earned = (now - refilledAt) * TOKENS_A_SECOND / TimeUnit.SECONDS.toNanos(1);
            refilledAt = now;
            tokens = (int) Math.min(tokens + earned, TOKENS_MAX);
            if (tokens < 0) {
                throw ConnectionError.calm(reason);
            }
        }
    }

    /** Useful work was done. */
    void credit(int earned) {
        tokens = Math.min(tokens + earned, TOKENS_MAX);
    }

    /** A request was answered to its end. */
    void answered() {
        credit(20);
        if (resets > 0) {
            resets--;
        }
    }

    /** A stream ended without its answer by the peer's doing. */
    void reset(String reason) throws ConnectionError {
        if (resets == 0) {
            resetsSince = nanoTime.getAsLong();
        }
        if (++resets >= RESETS_MAX) {
            long now = nanoTime.getAsLong();
            if (now - resetsSince < RESET_WINDOW_NANOS) {
                throw ConnectionError.calm(reason);
            }
            resets = 1;
            resetsSince = now;
        }
    }
}
