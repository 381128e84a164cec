package dev.penstock.app.node;

import dev.penstock.app.metrics.Described;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.l4.sync.Sync;
import dev.penstock.l4.sync.SyncListener;
import dev.penstock.l4.sync.SyncState;
import dev.penstock.model.service.Services;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Instant;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The metrics of a node's rules. Written by the sync loop's thread, read by any. */
final class NodeMetrics implements SyncListener {

    private static final double NANOS = 1e9;
    private static final double[] BOUNDS = {
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
    };

    private final Histogram duration;
    private final Histogram latency;
    private final Counter failures;
    private final Counter repairs;
    private final Counter staleFlows;
    private volatile @Nullable Sync last;
    private volatile long rules;

    NodeMetrics(PrometheusRegistry registry, String mode, Supplier<SyncState> state) {
        duration =
                Described.histogram(NodeMetric.SYNC_DURATION.description(), BOUNDS)
                        .register(registry);
        latency =
                Described.histogram(NodeMetric.PROGRAMMING_LATENCY.description(), BOUNDS)
                        .register(registry);
        failures = counter(registry, NodeMetric.SYNC_FAILURES);
        repairs = counter(registry, NodeMetric.REPAIRS);
        staleFlows = counter(registry, NodeMetric.STALE_FLOWS);
        Described.info(NodeMetric.MODE.description()).register(registry).setLabelValues(mode);
        gauges(registry, state);
    }

    private void gauges(PrometheusRegistry registry, Supplier<SyncState> state) {
        gauge(registry, NodeMetric.RULES, () -> rules);
        gauge(registry, NodeMetric.SERVICES, () -> ofPlan(_ -> 1));
        gauge(registry, NodeMetric.DESTINATIONS, () -> ofPlan(service -> service.cluster().size()));
        gauge(
                registry,
                NodeMetric.WITHOUT_ENDPOINTS,
                () -> ofPlan(service -> service.cluster().isEmpty() ? 1 : 0));
        gauge(registry, NodeMetric.LAST_APPLIED, () -> seconds(state.get().lastApplied()));
        gauge(registry, NodeMetric.LAST_QUEUED, () -> seconds(state.get().lastQueued()));
    }

    private static Counter counter(PrometheusRegistry registry, NodeMetric metric) {
        return Described.counter(metric.description()).register(registry);
    }

    private static void gauge(
            PrometheusRegistry registry, NodeMetric metric, Supplier<Number> value) {
        Described.gauge(metric.description())
                .callback(callback -> callback.call(value.get().doubleValue()))
                .register(registry);
    }

    private double ofPlan(ToDoubleFunction<VirtualService> count) {
        Sync sync = last;
        return sync == null ? 0 : sync.plan().services().values().stream().mapToDouble(count).sum();
    }

    private static double seconds(@Nullable Instant time) {
        return time == null ? 0 : time.toEpochMilli() / 1e3;
    }

    /** How many rules the mode has now. */
    void rules(long count) {
        rules = count;
    }

    /** That many UDP flows were deleted. */
    void staleFlowsDeleted(int count) {
        staleFlows.inc(count);
    }

    @Override
    public void applied(Sync sync) {
        last = sync;
        duration.labelValues(sync.applied().full() ? "full" : "partial")
                .observe(sync.nanos() / NANOS);
        if (sync.latencyNanos() >= 0) {
            latency.observe(sync.latencyNanos() / NANOS);
        }
    }

    @Override
    public void failed(Services services, NodeFacts node, String reason, long nanos) {
        failures.inc();
    }

    @Override
    public void repairing() {
        repairs.inc();
    }
}
