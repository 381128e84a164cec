package dev.penstock.app.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.app.metrics.AllMetrics;
import dev.penstock.proxy.metric.MetricDescription;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a scrape in Prometheus's text format says of its metrics: type, help and labels by name. */
record Scrape(
        Map<String, String> types, Map<String, String> helps, Map<String, Set<String>> labels) {

    private static final Pattern SAMPLE = Pattern.compile("([a-z0-9_]+)(?:\\{([^}]*)})? .*");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"(?:[^\"\\\\]|\\\\.)*\"");

    static Scrape of(String text) {
        Map<String, String> types = new HashMap<>();
        Map<String, String> helps = new HashMap<>();
        Map<String, Set<String>> labels = new HashMap<>();
        for (String line : text.lines().toList()) {
            String[] words = line.split(" ", 4);
            if (line.startsWith("# TYPE ")) {
                types.put(words[2], words[3]);
            } else if (line.startsWith("# HELP ")) {
                helps.put(words[2], words[3]);
            } else {
                Matcher sample = SAMPLE.matcher(line);
                assertThat(sample.matches()).as(line).isTrue();
                Set<String> names = new TreeSet<>();
                if (sample.group(2) != null) {
                    LABEL.matcher(sample.group(2)).results().forEach(m -> names.add(m.group(1)));
                }
                names.remove("le");
                labels.put(metric(sample.group(1), types), names);
            }
        }
        return new Scrape(types, helps, labels);
    }

    /** The metric that a sample is of: a histogram has several kinds of them. */
    private static String metric(String sample, Map<String, String> types) {
        String stem = sample.replaceFirst("_(bucket|sum|count)$", "");
        return "histogram".equals(types.get(stem)) ? stem : sample;
    }

    /** Holds every metric to its declaration, and looks for each that is not left out. */
    void assertDeclared(MetricDescription... leftOut) {
        List<MetricDescription> expected =
                AllMetrics.GROUPS.values().stream()
                        .flatMap(List::stream)
                        .filter(metric -> !Arrays.asList(leftOut).contains(metric))
                        .toList();
        assertThat(types)
                .isEqualTo(
                        expected.stream()
                                .collect(
                                        Collectors.toMap(
                                                MetricDescription::name,
                                                metric -> metric.type().text())));
        assertThat(helps)
                .isEqualTo(
                        expected.stream()
                                .collect(
                                        Collectors.toMap(
                                                MetricDescription::name, MetricDescription::help)));
        assertThat(labels)
                .isEqualTo(
                        expected.stream()
                                .collect(
                                        Collectors.toMap(
                                                MetricDescription::name,
                                                metric -> new TreeSet<>(metric.labels()))));
    }
}
