package dev.penstock.controller.kubernetes;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Spreads requests over time, so that many changes at once do not fall upon the API server at once:
 * a token bucket. For one thread.
 */
public final class Pace {

    private final long intervalNanos;
    private final long capacityNanos;
    private final LongSupplier nanoClock;

    /** The time that has been earned and not yet spent, as of {@code at}. */
    private long earnedNanos;

    private long at;

    /**
     * @param perSecond requests a second in the long run
     * @param burst requests that may go at once after a pause
     */
    public Pace(int perSecond, int burst) {
        this(perSecond, burst, System::nanoTime);
    }

    Pace(int perSecond, int burst, LongSupplier nanoClock) {
        this.intervalNanos = Duration.ofSeconds(1).toNanos() / perSecond;
        this.capacityNanos = intervalNanos * burst;
        this.nanoClock = nanoClock;
        this.earnedNanos = capacityNanos;
        this.at = nanoClock.getAsLong();
    }

    /** Waits until the next request may go. */
    public void await() throws InterruptedException {
        long wait = take();
        if (wait > 0) {
            Thread.sleep(Duration.ofNanos(wait));
        }
    }

    /** Takes the turn of one request. Returns the nanoseconds to wait before it may go. */
    long take() {
        long now = nanoClock.getAsLong();
        earnedNanos = Math.min(capacityNanos, earnedNanos + now - at);
        at = now;
        earnedNanos -= intervalNanos;
        return Math.max(0, -earnedNanos);
    }
}
