package dev.penstock.app.metrics;

import com.sun.management.OperatingSystemMXBean;
import dev.penstock.app.metrics.CertificateDates.Entry;
import dev.penstock.model.Problem;
import dev.penstock.model.ProblemReason;
import dev.penstock.model.config.Configuration;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The control plane's metrics: what is being served, how fast changes get there, what is wrong, and
 * how the JVM does.
 */
public final class ControlMetrics {

    private static final double NANOS = 1e9;
    private static final double[] PROPAGATION_BOUNDS = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
    };

    private final PrometheusRegistry registry;
    private final CertificateDates certificates;
    private final Supplier<List<Problem>> problems;
    private final Histogram propagation;
    private volatile Configuration configuration = Configuration.EMPTY;
    private volatile long generation;

    /**
     * @param problems all that is wrong now
     */
    public ControlMetrics(
            PrometheusRegistry registry,
            String version,
            CertificateDates certificates,
            Supplier<List<Problem>> problems) {
        this.problems = problems;
        this.registry = registry;
        this.certificates = certificates;
        this.propagation =
                Described.histogram(ControlMetric.PROPAGATION.description(), PROPAGATION_BOUNDS)
                        .register(registry);
        Described.info(ControlMetric.BUILD.description())
                .register(registry)
                .setLabelValues(version, Runtime.version().toString());
        registerConfiguration();
        registerJvm();
    }

    /**
     * A configuration is being served now.
     *
     * @param newGeneration counted from 1
     * @param nanos how long it took since the change was noticed
     */
    public void applied(Configuration newConfiguration, long newGeneration, long nanos) {
        configuration = newConfiguration;
        generation = newGeneration;
        propagation.observe(nanos / NANOS);
    }

    /** Shows from now on whether this process is the leader. */
    public void leader(BooleanSupplier isLeader) {
        Described.gauge(ControlMetric.LEADER.description())
                .callback(callback -> callback.call(isLeader.getAsBoolean() ? 1 : 0))
                .register(registry);
    }

    private void registerConfiguration() {
        Described.gauge(ControlMetric.GENERATION.description())
                .callback(callback -> callback.call((double) generation))
                .register(registry);
        Described.gauge(ControlMetric.PROBLEMS.description())
                .callback(callback ->
                        problems().forEach((reason, count) -> callback.call(count, reason.name())))
                .register(registry);
        Described.gauge(ControlMetric.ROUTES.description())
                .callback(callback ->
                        callback.call(
                                configuration.http().hosts().values().stream()
                                        .mapToInt(host -> host.routes().size())
                                        .sum()))
                .register(registry);
        Described.gauge(ControlMetric.CERTIFICATE_EXPIRY.description())
                .callback(this::expiry)
                .register(registry);
    }

    private Map<ProblemReason, Integer> problems() {
        Map<ProblemReason, Integer> counts = new EnumMap<>(ProblemReason.class);
        for (ProblemReason reason : ProblemReason.values()) {
            counts.put(reason, 0);
        }
        for (Problem problem : problems.get()) {
            counts.merge(problem.reason(), 1, Integer::sum);
        }
        return counts;
    }

    private void expiry(GaugeWithCallback.Callback callback) {
        for (Entry entry : certificates.of(configuration.tls())) {
            if (entry.facts() != null) {
                callback.call(
                        (double) entry.facts().notAfter().getEpochSecond(),
                        entry.certificate().source().namespace(),
                        entry.certificate().source().name());
            }
        }
    }

    private void registerJvm() {
        Described.gauge(ControlMetric.MEMORY.description())
                .callback(ControlMetrics::memory)
                .register(registry);
        Described.counterWithCallback(ControlMetric.GARBAGE_COLLECTION.description())
                .callback(callback -> {
                    for (GarbageCollectorMXBean gc :
                            ManagementFactory.getGarbageCollectorMXBeans()) {
                        callback.call(gc.getCollectionTime() / 1e3, gc.getName());
                    }
                })
                .register(registry);
        Described.gauge(ControlMetric.THREADS.description())
                .callback(callback ->
                        callback.call(ManagementFactory.getThreadMXBean().getThreadCount()))
                .register(registry);
        Described.counterWithCallback(ControlMetric.CPU.description())
                .callback(callback -> {
                    if (ManagementFactory.getOperatingSystemMXBean()
                            instanceof OperatingSystemMXBean system) {
                        callback.call(system.getProcessCpuTime() / NANOS);
                    }
                })
                .register(registry);
        Described.gauge(ControlMetric.START.description())
                .callback(callback ->
                        callback.call(ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3))
                .register(registry);
    }

    private static void memory(GaugeWithCallback.Callback callback) {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        MemoryUsage nonHeap = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
        callback.call((double) heap.getUsed(), "heap");
        callback.call((double) heap.getCommitted(), "heap_committed");
        callback.call((double) nonHeap.getUsed(), "nonheap");
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            if (pool.getName().equals("direct")) {
                callback.call((double) pool.getMemoryUsed(), "direct");
            }
        }
    }
}
