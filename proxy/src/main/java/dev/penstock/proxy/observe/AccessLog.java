package dev.penstock.proxy.observe;

import dev.penstock.proxy.metric.ProxyMetric;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes a line for each request to a file or to standard output. Event loops make the lines and
 * leave them in buffers of their own; one thread takes them from there to the file. When that
 * thread is behind, lines are dropped and counted: a slow disk never holds up a request.
 */
public final class AccessLog implements MultiCollector, AutoCloseable {

    private static final long CLOSE_MILLIS_MAX = 5_000;

    /** The longest that a wake-up, which no lock guards, can go missing. */
    private static final long IDLE_NANOS_MAX = Duration.ofMillis(500).toNanos();

    private final boolean enabled;
    private final long flushNanos;
    private final List<LoopAccessLog> loops;
    private final LineSink sink;
    private final Thread writer;

    private volatile boolean idle;
    private volatile boolean reopening;
    private volatile boolean closing;

    private AccessLog(AccessLogSettings settings, int loopCount, LineSink sink) {
        this.enabled = settings.destination() != AccessLogSettings.Destination.OFF;
        this.flushNanos = settings.flushInterval().toNanos();
        this.sink = sink;
        List<LoopAccessLog> made = new ArrayList<>();
        for (int i = 0; i < loopCount; i++) {
            made.add(
                    new LoopAccessLog(
                            new ByteRing(enabled ? settings.bufferBytes() : 1),
                            LineFormat.of(settings),
                            settings.sampleRatio(),
                            this));
        }
        this.loops = List.copyOf(made);
        this.writer = Thread.ofPlatform().daemon().name("penstock-access-log").unstarted(this::run);
    }

    /**
     * Opens the file and starts the writer.
     *
     * @param loopCount how many event loops will write
     * @throws IOException if the file cannot be opened
     */
    public static AccessLog open(AccessLogSettings settings, int loopCount) throws IOException {
        return open(settings, loopCount, LineSink.of(settings));
    }

    static AccessLog open(AccessLogSettings settings, int loopCount, LineSink sink)
            throws IOException {
        sink.open();
        AccessLog log = new AccessLog(settings, loopCount, sink);
        if (log.enabled) {
            log.writer.start();
        }
        return log;
    }

    /** Whether lines go anywhere. */
    public boolean isEnabled() {
        return enabled;
    }

    /** The part of one event loop, from 0. */
    public LoopAccessLog loop(int index) {
        return loops.get(index);
    }

    /** Opens the file anew, after somebody moved it away. What waits is written to the old one. */
    public void reopen() {
        reopening = true;
        LockSupport.unpark(writer);
    }

    /** Writes what waits and ends the writer. Event loops must have ended before. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(writer);
        try {
            writer.join(CLOSE_MILLIS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lines that found no room because the writer was behind. */
    public long droppedLines() {
        long dropped = 0;
        for (LoopAccessLog loop : loops) {
            dropped += loop.dropped();
        }
        return dropped;
    }

    /** Lines that could not be written. */
    public long failedLines() {
        return sink.failedLines();
    }

    @Override
    public MetricSnapshots collect() {
        if (!enabled) {
            return MetricSnapshots.of();
        }
        return MetricSnapshots.of(
                counter(ProxyMetric.LOG_DROPPED, droppedLines()),
                counter(ProxyMetric.LOG_FAILED, failedLines()));
    }

    private static CounterSnapshot counter(ProxyMetric metric, long value) {
        return CounterSnapshot.builder()
                .name(metric.description().baseName())
                .help(metric.description().help())
                .dataPoint(CounterDataPointSnapshot.builder().value((double) value).build())
                .build();
    }

    /** An event loop has put lines into its buffer. */
    void linesArrived(boolean urgent) {
        if (urgent || idle) {
            LockSupport.unpark(writer);
        }
    }

    private void run() {
        while (!closing) {
            if (drain()) {
                LockSupport.parkNanos(this, flushNanos); // lets lines gather
            } else {
                idle = true;
                LockSupport.parkNanos(this, IDLE_NANOS_MAX);
                idle = false;
                if (!closing && hasLines()) {
                    LockSupport.parkNanos(this, flushNanos);
                }
            }
            if (reopening) {
                reopening = false;
                drain();
                sink.reopen();
            }
        }
        drain();
        sink.close();
    }

    private boolean hasLines() {
        for (LoopAccessLog loop : loops) {
            if (loop.ring().size() > 0) {
                return true;
            }
        }
        return false;
    }

    private boolean drain() {
        int drained = 0;
        for (LoopAccessLog loop : loops) {
            drained += loop.ring().drainTo(sink);
        }
        if (drained > 0) {
            sink.flush();
        }
        return drained > 0;
    }
}
