package dev.penstock.proxy.trace;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How requests are traced.
 *
 * @param sink where spans go; {@link Tracing#close} closes it
 * @param sampleRatio which part of the traces that begin here is recorded, 0 to 1; of traces that
 *     began elsewhere those are that were recorded there
 * @param everyRoute whether routes that say nothing are traced
 * @param trustsIncoming whether routes that say nothing go on with the client's trace
 * @param interval how long a span may wait for others
 */
public record TracingSettings(
        SpanSink sink,
        double sampleRatio,
        boolean everyRoute,
        boolean trustsIncoming,
        Duration interval) {

    public static final Duration INTERVAL = Duration.ofSeconds(1);

    public TracingSettings {
        requireNonNull(sink, "sink");
        requireNonNull(interval, "interval");
        if (!(sampleRatio >= 0 && sampleRatio <= 1)) {
            throw new IllegalArgumentException(
                    "sampleRatio: " + sampleRatio + " (expected: 0 to 1)");
        }
    }
}
