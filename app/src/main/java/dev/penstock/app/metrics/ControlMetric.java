package dev.penstock.app.metrics;

import static dev.penstock.proxy.metric.MetricDescription.counter;
import static dev.penstock.proxy.metric.MetricDescription.gauge;
import static dev.penstock.proxy.metric.MetricDescription.histogram;
import static dev.penstock.proxy.metric.MetricDescription.info;

import dev.penstock.proxy.metric.MetricDescription;

/** The metrics of {@link ControlMetrics}. */
public enum ControlMetric {
    BUILD(
            info(
                    "penstock_build_info",
                    "Always 1: the program's version and its Java.",
                    "version",
                    "java")),
    GENERATION(
            gauge(
                    "penstock_config_generation",
                    "The configuration being served, counted from 1; 0 before the first.")),
    PROPAGATION(
            histogram(
                    "penstock_config_propagation_seconds",
                    "From noticing a change of an object to serving it; 1 ms to 10 s.")),
    PROBLEMS(
            gauge(
                    "penstock_config_problems",
                    "What is wrong with objects now, by reason.",
                    "reason")),
    ROUTES(gauge("penstock_config_routes", "Routes of the configuration being served.")),
    CERTIFICATE_EXPIRY(
            gauge(
                    "penstock_certificate_expiry_timestamp_seconds",
                    "When a certificate that is served ends to be valid, in Unix time; of Secrets"
                            + " only.",
                    "namespace",
                    "secret")),
    LEADER(
            gauge(
                    "penstock_leader",
                    "1 where this process writes status and Events, else 0; in a cluster only.")),
    MEMORY(
            gauge(
                    "jvm_memory_used_bytes",
                    "Memory in use: heap, nonheap, direct; and heap_committed.",
                    "area")),
    GARBAGE_COLLECTION(
            counter(
                    "jvm_gc_collection_seconds_total",
                    "Time spent in garbage collection, by collector.",
                    "gc")),
    THREADS(gauge("jvm_threads_current", "Platform threads that live.")),
    CPU(counter("process_cpu_seconds_total", "CPU time of the process.")),
    START(gauge("process_start_time_seconds", "When the process started, in Unix time."));

    private final MetricDescription description;

    ControlMetric(MetricDescription description) {
        this.description = description;
    }

    public MetricDescription description() {
        return description;
    }
}
