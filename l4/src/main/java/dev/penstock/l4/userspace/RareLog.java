package dev.penstock.l4.userspace;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Lets a line that any packet may cause be logged once a minute. Any thread. */
final class RareLog {

    private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final AtomicLong last = new AtomicLong(System.nanoTime() - INTERVAL_NANOS);

    /** Whether it is time to log, once per minute over all threads. */
    boolean isDue() {
        long now = System.nanoTime();
        long former = last.get();
        return now - former >= INTERVAL_NANOS && last.compareAndSet(former, now);
    }
}
