package dev.penstock.proxy.trace;

import dev.penstock.proxy.metric.ProxyMetric;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes finished spans from event loops to a sink, on a thread of its own. Where the sink is slower
 * than the traffic, spans are dropped and counted: a slow collector never holds up a request.
 */
public final class Tracing implements MultiCollector, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Tracing.class);

    /** Requests that an event loop may be ahead of the sink. */
    private static final int RING_CAPACITY = 2048;

    private static final int BATCH_MAX = 512;
    private static final long CLOSE_MILLIS_MAX = 5_000;
    private static final long COMPLAINT_NANOS = Duration.ofMinutes(1).toNanos();

    private final SpanSink sink;
    private final long intervalNanos;
    private final List<SpanRing> rings = new ArrayList<>();
    private final List<LoopTracer> tracers = new ArrayList<>();
    private final LongAdder exported = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final Thread writer;
    private volatile boolean closing;

    // Owned by the writer.
    private boolean complained;
    private long lastComplaint;

    private Tracing(TracingSettings settings, int loopCount) {
        sink = settings.sink();
        intervalNanos = settings.interval().toNanos();
        SecureRandom seeds = new SecureRandom();
        for (int i = 0; i < loopCount; i++) {
            SpanRing ring = new SpanRing(RING_CAPACITY);
            rings.add(ring);
            tracers.add(new LoopTracer(this, settings, ring, seeds.nextLong()));
        }
        writer = Thread.ofPlatform().daemon().name("penstock-tracing").unstarted(this::run);
    }

    /**
     * Starts the thread that takes spans to the sink.
     *
     * @param loopCount how many event loops will make spans
     */
    public static Tracing start(TracingSettings settings, int loopCount) {
        Tracing tracing = new Tracing(settings, loopCount);
        tracing.writer.start();
        return tracing;
    }

    /** The part of one event loop, from 0. */
    public LoopTracer loop(int index) {
        return tracers.get(index);
    }

    /** Sends what waits, in bounded time, and closes the sink. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(writer);
        try {
            writer.join(CLOSE_MILLIS_MAX);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public MetricSnapshots collect() {
        return MetricSnapshots.of(
                builder(ProxyMetric.SPANS_EXPORTED)
                        .dataPoint(
                                CounterDataPointSnapshot.builder()
                                        .value((double) exported.sum())
                                        .build())
                        .build(),
                builder(ProxyMetric.SPANS_DROPPED)
                        .dataPoint(dropped("queue_full", dropped))
                        .dataPoint(dropped("export_failed", failed))
                        .build());
    }

    private static CounterSnapshot.Builder builder(ProxyMetric metric) {
        return CounterSnapshot.builder()
                .name(metric.description().baseName())
                .help(metric.description().help());
    }

    private static CounterDataPointSnapshot dropped(String reason, LongAdder count) {
        return CounterDataPointSnapshot.builder()
                .labels(Labels.of("reason", reason))
                .value((double) count.sum())
                .build();
    }

    /** A request's spans found no room. */
    void dropped(RequestSpan span) {
        dropped.add(spans(span));
    }

    /** A ring has one more. Wakes the writer twice a ring's length. */
    void arrived(SpanRing ring) {
        if (ring.offered() % (RING_CAPACITY / 2) == 0) {
            LockSupport.unpark(writer);
        }
    }

    private static int spans(RequestSpan span) {
        return 1 + span.attempts().size();
    }

    private void run() {
        List<RequestSpan> batch = new ArrayList<>();
        while (true) {
            boolean last = closing;
            drain(batch);
            while (!batch.isEmpty()) {
                export(batch);
                batch.clear();
                drain(batch);
            }
            if (last) {
                break;
            }
            LockSupport.parkNanos(this, intervalNanos);
        }
        sink.close();
    }

    private void drain(List<RequestSpan> batch) {
        for (SpanRing ring : rings) {
            ring.drainTo(batch, BATCH_MAX);
        }
    }

    private void export(List<RequestSpan> batch) {
        int count = batch.stream().mapToInt(Tracing::spans).sum();
        if (sink.export(batch)) {
            exported.add(count);
            if (complained) {
                complained = false;
                log.info("Spans arrive at the collector again");
            }
        } else {
            failed.add(count);
            complain();
        }
    }

    private void complain() {
        long now = System.nanoTime();
        if (!complained || now - lastComplaint >= COMPLAINT_NANOS) {
            complained = true;
            lastComplaint = now;
            log.warn("Spans do not arrive at the collector; {} were dropped so far", failed.sum());
        }
    }

    /** How many spans a collector took so far. */
    public long exportedSpans() {
        return exported.sum();
    }

    /** How many spans were lost so far. */
    public long droppedSpans() {
        return dropped.sum() + failed.sum();
    }
}
