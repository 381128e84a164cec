package dev.penstock.app.metrics;

import dev.penstock.app.node.NodeMetric;
import dev.penstock.proxy.metric.MetricDescription;
import dev.penstock.proxy.metric.ProxyMetric;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that is counted anywhere, by the tables of {@code docs/metrics.md}, in their order.
 */
public final class AllMetrics {

    public static final Map<String, List<MetricDescription>> GROUPS = groups();

    private AllMetrics() {}

    private static Map<String, List<MetricDescription>> groups() {
        Map<String, List<MetricDescription>> groups = new LinkedHashMap<>();
        groups.put(
                "traffic",
                Arrays.stream(ProxyMetric.values()).map(ProxyMetric::description).toList());
        groups.put(
                "process",
                Arrays.stream(ControlMetric.values()).map(ControlMetric::description).toList());
        groups.put(
                "node", Arrays.stream(NodeMetric.values()).map(NodeMetric::description).toList());
        return groups;
    }
}
