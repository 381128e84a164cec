package dev.penstock.app.node;

import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.l4.sync.Sync;
import dev.penstock.l4.sync.SyncListener;
import dev.penstock.l4.sync.SyncState;
import dev.penstock.model.service.Services;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
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
                Histogram.builder()
                        .name("penstock_node_sync_duration_seconds")
                        .help(
                                "How long it took to plan and apply rules; full where everything was compared.")
                        .labelNames("scope")
                        .classicOnly()
                        .classicUpperBounds(BOUNDS)
                        .register(registry);
        latency =
                Histogram.builder()
                        .name("penstock_node_programming_latency_seconds")
                        .help("Time from noticing a change of an object to rules that follow it.")
                        .classicOnly()
                        .classicUpperBounds(BOUNDS)
                        .register(registry);
        failures =
                counter(
                        registry,
                        "penstock_node_sync_failures_total",
                        "Syncs that failed; the last good rules stay.");
        repairs =
                counter(
                        registry,
                        "penstock_node_repairs_total",
                        "Times that somebody else had removed or changed rules.");
        staleFlows =
                counter(
                        registry,
                        "penstock_node_stale_flows_deleted_total",
                        "UDP conntrack entries deleted because their endpoint serves no longer.");
        Info.builder()
                .name("penstock_node_mode_info")
                .help("The mode that makes the rules.")
                .labelNames("mode")
                .register(registry)
                .setLabelValues(mode);
        gauges(registry, state);
    }

    private void gauges(PrometheusRegistry registry, Supplier<SyncState> state) {
        gauge(
                registry,
                "penstock_node_rules",
                "Rules, elements, virtual servers or sockets in place.",
                () -> rules);
        gauge(
                registry,
                "penstock_node_services",
                "Service ports with rules, by address family counted apart.",
                () -> ofPlan(_ -> 1));
        gauge(
                registry,
                "penstock_node_destinations",
                "Endpoints that take new connections, over all Service ports.",
                () -> ofPlan(service -> service.cluster().size()));
        gauge(
                registry,
                "penstock_node_services_without_endpoints",
                "Service ports whose connections are refused.",
                () -> ofPlan(service -> service.cluster().isEmpty() ? 1 : 0));
        gauge(
                registry,
                "penstock_node_last_applied_timestamp_seconds",
                "When the rules were last known to be as wanted.",
                () -> seconds(state.get().lastApplied()));
        gauge(
                registry,
                "penstock_node_last_queued_timestamp_seconds",
                "When the last change came.",
                () -> seconds(state.get().lastQueued()));
    }

    private static Counter counter(PrometheusRegistry registry, String name, String help) {
        return Counter.builder().name(name).help(help).register(registry);
    }

    private static void gauge(
            PrometheusRegistry registry, String name, String help, Supplier<Number> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
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
