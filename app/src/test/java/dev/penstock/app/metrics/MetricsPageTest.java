package dev.penstock.app.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proxy.metric.MetricDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tables of {@code docs/metrics.md} are made of what the code says about its metrics. With
 * {@code -Dgolden.update=true} this test writes them; without, it fails where they differ.
 */
class MetricsPageTest {

    private static final Pattern TABLE =
            Pattern.compile(
                    "(<!-- made by MetricsPageTest: (\\w+) -->\n)(?:\\|.*\n)*(<!-- end -->)");

    /** The units that Prometheus wants, and no other. */
    private static final Set<String> UNITS = Set.of("seconds", "bytes");

    private static final Pattern OTHER_UNIT =
            Pattern.compile(
                    "_(milliseconds|millis|ms|micros|nanos|ns|minutes|hours|days|kb|mb|kilobytes"
                            + "|megabytes|bits|percent)(_|$)");

    static List<MetricDescription> all() {
        return AllMetrics.GROUPS.values().stream().flatMap(List::stream).toList();
    }

    @Test
    void thePageIsWhatTheCodeSays() throws IOException {
        Path page = page();
        String written = Files.readString(page, UTF_8);
        Matcher table = TABLE.matcher(written);
        String made =
                table.replaceAll(match ->
                        Matcher.quoteReplacement(
                                match.group(1)
                                        + rows(
                                                requireNonNull(
                                                        AllMetrics.GROUPS.get(match.group(2))))
                                        + match.group(3)));
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(page, made, UTF_8);
        }
        assertThat(TABLE.matcher(written).results().map(match -> match.group(2)))
                .containsExactlyElementsOf(AllMetrics.GROUPS.keySet());
        assertThat(written)
                .as("docs/metrics.md; run this test with -Dgolden.update=true to make it")
                .isEqualTo(made);
    }

    private static Path page() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path page = at.resolve("docs/metrics.md");
            if (Files.exists(page)) {
                return page;
            }
        }
        throw new IllegalStateException("no docs/metrics.md here or above");
    }

    private static String rows(List<MetricDescription> metrics) {
        return "| metric | type | labels | unit | is |\n| --- | --- | --- | --- | --- |\n"
                + metrics.stream().map(MetricsPageTest::row).collect(Collectors.joining());
    }

    private static String row(MetricDescription metric) {
        String labels =
                metric.labels().stream()
                        .map(label -> "`" + label + "`")
                        .collect(Collectors.joining(" "));
        return "| `%s` | %s | %s| %s| %s |\n"
                .formatted(
                        metric.name(),
                        metric.type().text(),
                        labels.isEmpty() ? "" : labels + " ",
                        unit(metric).isEmpty() ? "" : unit(metric) + " ",
                        metric.help());
    }

    private static String unit(MetricDescription metric) {
        String base = metric.baseName();
        String last = base.substring(base.lastIndexOf('_') + 1);
        return UNITS.contains(last) ? last : "";
    }

    // By https://prometheus.io/docs/practices/naming and what its linter asks for.

    @ParameterizedTest
    @MethodSource("all")
    void aNameFollowsTheConventions(MetricDescription metric) {
        assertThat(metric.name()).matches("(penstock|jvm|process)(_[a-z0-9]+)+");
        if (metric.type() == MetricDescription.Type.COUNTER) {
            assertThat(metric.name()).endsWith("_total");
        } else {
            assertThat(metric.name()).doesNotEndWith("_total").doesNotEndWith("_count");
        }
        assertThat(metric.name())
                .doesNotEndWith("_sum")
                .doesNotEndWith("_bucket")
                .doesNotContain("_" + metric.type().text());
        assertThat(OTHER_UNIT.matcher(metric.name()).find()).as("a unit of its own").isFalse();
        if (metric.type() == MetricDescription.Type.HISTOGRAM) {
            assertThat(unit(metric)).as("unit of a histogram").isNotEmpty();
        }
        if (metric.name().contains("_timestamp") || metric.name().contains("_duration")) {
            assertThat(unit(metric)).isEqualTo("seconds");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void helpIsASentence(MetricDescription metric) {
        assertThat(metric.help()).matches("[A-Z0-9].{10,}\\.").doesNotContain("|", "\n", "\"");
    }

    @ParameterizedTest
    @MethodSource("all")
    void labelsAreOurOwn(MetricDescription metric) {
        assertThat(metric.labels())
                .doesNotHaveDuplicates()
                .allMatch(label -> label.matches("[a-z][a-z_]*"))
                // What Prometheus or a histogram gives.
                .doesNotContain("le", "quantile", "job", "instance", "pod");
    }

    @Test
    void noTwoHaveOneName() {
        assertThat(all()).extracting(MetricDescription::name).doesNotHaveDuplicates();
        assertThat(all()).extracting(MetricDescription::baseName).doesNotHaveDuplicates();
    }
}
