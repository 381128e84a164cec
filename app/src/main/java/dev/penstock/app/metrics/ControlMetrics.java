package dev.penstock.app.metrics;

import com.sun.management.OperatingSystemMXBean;
import dev.penstock.app.metrics.CertificateDates.Entry;
import dev.penstock.model.Problem;
import dev.penstock.model.ProblemReason;
import dev.penstock.model.config.Configuration;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
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
                Histogram.builder()
                        .name("penstock_config_propagation_seconds")
                        .help("Time from noticing a change of an object to serving it.")
                        .classicOnly()
                        .classicUpperBounds(
                                0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
                                10)
                        .register(registry);
        Info.builder()
                .name("penstock_build_info")
                .help("The program's version and its Java.")
                .labelNames("version", "java")
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
        GaugeWithCallback.builder()
                .name("penstock_leader")
                .help("1 where this process writes status and Events, else 0.")
                .callback(callback -> callback.call(isLeader.getAsBoolean() ? 1 : 0))
                .register(registry);
    }

    private void registerConfiguration() {
        GaugeWithCallback.builder()
                .name("penstock_config_generation")
                .help("The configuration being served, counted from 1; 0 before the first.")
                .callback(callback -> callback.call((double) generation))
                .register(registry);
        GaugeWithCallback.builder()
                .name("penstock_config_problems")
                .help("What is wrong with objects now, by reason.")
                .labelNames("reason")
                .callback(callback ->
                        problems().forEach((reason, count) -> callback.call(count, reason.name())))
                .register(registry);
        GaugeWithCallback.builder()
                .name("penstock_config_routes")
                .help("Routes of the configuration being served.")
                .callback(callback ->
                        callback.call(
                                configuration.http().hosts().values().stream()
                                        .mapToInt(host -> host.routes().size())
                                        .sum()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("penstock_certificate_expiry_timestamp_seconds")
                .help("When a certificate that is served ends to be valid, in Unix time.")
                .labelNames("namespace", "secret")
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
        GaugeWithCallback.builder()
                .name("jvm_memory_used_bytes")
                .help("Memory in use, by area.")
                .labelNames("area")
                .callback(ControlMetrics::memory)
                .register(registry);
        CounterWithCallback.builder()
                .name("jvm_gc_collection_seconds_total")
                .help("Time spent in garbage collection, by collector.")
                .labelNames("gc")
                .callback(callback -> {
                    for (GarbageCollectorMXBean gc :
                            ManagementFactory.getGarbageCollectorMXBeans()) {
                        callback.call(gc.getCollectionTime() / 1e3, gc.getName());
                    }
                })
                .register(registry);
        GaugeWithCallback.builder()
                .name("jvm_threads_current")
                .help("Platform threads that live.")
                .callback(callback ->
                        callback.call(ManagementFactory.getThreadMXBean().getThreadCount()))
                .register(registry);
        CounterWithCallback.builder()
                .name("process_cpu_seconds_total")
                .help("CPU time of the process.")
                .callback(callback -> {
                    if (ManagementFactory.getOperatingSystemMXBean()
                            instanceof OperatingSystemMXBean system) {
                        callback.call(system.getProcessCpuTime() / NANOS);
                    }
                })
                .register(registry);
        GaugeWithCallback.builder()
                .name("process_start_time_seconds")
                .help("When the process started, in Unix time.")
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
