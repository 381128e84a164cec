package dev.penstock.proxy.metric;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What a metric is called and means.
 *
 * @param type what its values are
 * @param name the name as it is scraped; for a histogram without {@code _bucket} and the like
 * @param help what it counts, a sentence or more
 * @param labels the names of its labels, in their order
 */
public record MetricDescription(Type type, String name, String help, List<String> labels) {

    /** What the values of a metric are. */
    public enum Type {
        COUNTER("counter", "_total"),
        GAUGE("gauge", ""),
        HISTOGRAM("histogram", ""),
        /** A gauge that is always 1, for the sake of its labels. */
        INFO("gauge", "_info");

        private final String text;
        private final String suffix;

        Type(String text, String suffix) {
            this.text = text;
            this.suffix = suffix;
        }

        /** As Prometheus's text format has it. */
        public String text() {
            return text;
        }

        /** What names end with. */
        public String suffix() {
            return suffix;
        }
    }

    public MetricDescription {
        requireNonNull(type, "type");
        requireNonNull(name, "name");
        requireNonNull(help, "help");
        labels = List.copyOf(labels);
        if (!name.endsWith(type.suffix())) {
            throw new IllegalArgumentException(
                    "name: " + name + " (expected: ends with " + type.suffix() + ")");
        }
    }

    public static MetricDescription counter(String name, String help, String... labels) {
        return new MetricDescription(Type.COUNTER, name, help, List.of(labels));
    }

    public static MetricDescription gauge(String name, String help, String... labels) {
        return new MetricDescription(Type.GAUGE, name, help, List.of(labels));
    }

    public static MetricDescription histogram(String name, String help, String... labels) {
        return new MetricDescription(Type.HISTOGRAM, name, help, List.of(labels));
    }

    public static MetricDescription info(String name, String help, String... labels) {
        return new MetricDescription(Type.INFO, name, help, List.of(labels));
    }

    /** The name without what its type adds. */
    public String baseName() {
        return name.substring(0, name.length() - type.suffix().length());
    }

    /** The labels' names for a builder. */
    public String[] labelNames() {
        return labels.toArray(String[]::new);
    }
}
