package dev.penstock.app.metrics;

import dev.penstock.proxy.metric.MetricDescription;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;

/** Begins metrics with their names, labels and help. */
public final class Described {

    private Described() {}

    public static Counter.Builder counter(MetricDescription metric) {
        return Counter.builder()
                .name(metric.name())
                .help(metric.help())
                .labelNames(metric.labelNames());
    }

    public static CounterWithCallback.Builder counterWithCallback(MetricDescription metric) {
        return CounterWithCallback.builder()
                .name(metric.name())
                .help(metric.help())
                .labelNames(metric.labelNames());
    }

    public static GaugeWithCallback.Builder gauge(MetricDescription metric) {
        return GaugeWithCallback.builder()
                .name(metric.name())
                .help(metric.help())
                .labelNames(metric.labelNames());
    }

    /** With fixed buckets only: native ones need protobuf, which nobody asks for here. */
    public static Histogram.Builder histogram(MetricDescription metric, double... upperBounds) {
        return Histogram.builder()
                .name(metric.name())
                .help(metric.help())
                .labelNames(metric.labelNames())
                .classicOnly()
                .classicUpperBounds(upperBounds);
    }

    public static Info.Builder info(MetricDescription metric) {
        return Info.builder()
                .name(metric.name())
                .help(metric.help())
                .labelNames(metric.labelNames());
    }
}
