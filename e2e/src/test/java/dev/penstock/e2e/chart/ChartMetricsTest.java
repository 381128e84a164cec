package dev.penstock.e2e.chart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.e2e.harness.PenstockProcess;
import dev.penstock.e2e.harness.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The dashboard and the alerts speak of metrics and labels that {@code docs/metrics.md} has. */
class ChartMetricsTest {

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([a-z_]+)` \\| (counter|gauge|histogram) \\| ([^|]*)\\|");
    private static final Pattern METRIC = Pattern.compile("\\b(?:penstock|jvm|process)_[a-z_]+");
    private static final Pattern BY = Pattern.compile("\\bby \\(([^)]*)\\)");
    private static final Pattern SELECTED = Pattern.compile("[{,] *([a-z_]+)(?:=~|!=|=)");

    /** What Prometheus itself gives to each series, and what a histogram has. */
    private static final Set<String> LABELS_OF_ALL = Set.of("job", "pod", "instance", "le");

    @ParameterizedTest
    @ValueSource(strings = {"dashboard.json", "alerts-controller.yaml", "alerts-node.yaml"})
    void everyMetricAndLabelIsDocumented(String file) throws IOException {
        Map<String, Set<String>> documented = documented();
        for (String expression : expressions(file)) {
            Set<String> labels = new TreeSet<>(LABELS_OF_ALL);
            Matcher metric = METRIC.matcher(expression);
            assertThat(metric.find()).as(expression).isTrue();
            do {
                Set<String> own = documented.get(metric.group());
                assertThat(own).as("%s in %s", metric.group(), expression).isNotNull();
                labels.addAll(requireNonNull(own));
            } while (metric.find());
            assertThat(labels(expression)).as(expression).isSubsetOf(labels);
        }
    }

    @Test
    void everyMetricIsOnTheDashboard() throws IOException {
        String dashboard = read("dashboard.json");
        Matcher row = ROW.matcher(metricsPage());
        List<String> missing = new ArrayList<>();
        while (row.find()) {
            if (!dashboard.contains(row.group(1))) {
                missing.add(row.group(1));
            }
        }
        assertThat(missing).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"alerts-controller.yaml", "alerts-node.yaml"})
    void everyAlertSaysWhatItMeansAndHowBadItIs(String file) throws IOException {
        for (Tree rule : rules(file)) {
            assertThat(rule.at("alert").text()).startsWith("Penstock");
            assertThat(rule.at("annotations").keys()).containsExactly("summary", "description");
            assertThat(rule.at("labels", "severity").text()).isIn("critical", "warning", "info");
        }
    }

    private static Set<String> labels(String expression) {
        Set<String> labels = new TreeSet<>();
        Matcher by = BY.matcher(expression);
        while (by.find()) {
            labels.addAll(List.of(by.group(1).split(", *", -1)));
        }
        Matcher selected = SELECTED.matcher(expression);
        while (selected.find()) {
            labels.add(selected.group(1));
        }
        return labels;
    }

    private static List<String> expressions(String file) throws IOException {
        if (file.endsWith(".yaml")) {
            return rules(file).stream().map(rule -> rule.at("expr").text()).toList();
        }
        List<String> expressions =
                Tree.parse(read(file)).at("panels").list().stream()
                        .flatMap(panel -> panel.find("targets").stream())
                        .flatMap(targets -> targets.list().stream())
                        .map(target -> target.at("expr").text())
                        .toList();
        assertThat(expressions).hasSizeGreaterThan(40);
        return expressions;
    }

    private static List<Tree> rules(String file) throws IOException {
        return Tree.parse(read(file)).list().stream()
                .flatMap(group -> group.at("rules").list().stream())
                .toList();
    }

    /** The series of each metric, with its labels. */
    private static Map<String, Set<String>> documented() throws IOException {
        Map<String, Set<String>> documented = new HashMap<>();
        Matcher row = ROW.matcher(metricsPage());
        while (row.find()) {
            Set<String> labels =
                    new HashSet<>(List.of(row.group(3).strip().replace("`", "").split(" +", -1)));
            List<String> suffixes =
                    row.group(2).equals("histogram")
                            ? List.of("_bucket", "_sum", "_count")
                            : List.of("");
            suffixes.forEach(suffix -> documented.put(row.group(1) + suffix, labels));
        }
        return documented;
    }

    private static String metricsPage() throws IOException {
        return Files.readString(PenstockProcess.checkout().resolve("docs/metrics.md"), UTF_8);
    }

    private static String read(String file) throws IOException {
        return Files.readString(Helm.chart().resolve("files").resolve(file), UTF_8);
    }
}
