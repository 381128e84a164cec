package dev.penstock.e2e.chart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.e2e.harness.PenstockProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chart by itself; what an API server says to it is tested with one. */
class ChartTest {

    private static Helm helm;

    @BeforeAll
    static void setUp() throws Exception {
        helm = Helm.find();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "commonLabels.a=b",
                "scope.namespaces={a,b}",
                "controller.kind=DaemonSet",
                "node.enabled=true,node.apiServer.host=192.0.2.1",
                "metrics.serviceMonitor.enabled=true,metrics.rules.enabled=true,"
                        + "metrics.dashboard.enabled=true",
            })
    void lintsWithoutAWarning(String setting) throws Exception {
        Helm.Result result = helm.lint(List.of(setting));

        assertThat(result.isDone()).as(result.output() + result.errors()).isTrue();
        assertThat(result.output()).doesNotContain("[WARNING]", "[ERROR]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "controller.kind=StatefulSet      | /controller/kind",
                "controller.replicas=many         | /controller/replicas",
                "controller.replicas=-1           | /controller/replicas",
                "controler.replicas=2             | 'controler'",
                "controller.port=80               | 'port'",
                "controller.ports.http=70000      | /controller/ports/http",
                "controller.accessLog=apache      | /controller/accessLog",
                "controller.trustedProxies={lan}  | /controller/trustedProxies/0",
                "node.mode=ebpf                   | /node/mode",
                "node.syncPeriod=often            | /node/syncPeriod",
                "node.maxUnavailable=some         | /node/maxUnavailable",
                "scope.namespaces=shop            | /scope/namespaces",
                "scope.defaultBackend=fallback    | /scope/defaultBackend",
                "service.type=ExternalName        | /service/type",
                "metrics.rules.errorPercent=101   | /metrics/rules/errorPercent",
            })
    void saysWhichValueIsWrong(String setting, String named) throws Exception {
        Helm.Result result = helm.template("penstock", List.of(setting));

        assertThat(result.isDone()).isFalse();
        assertThat(result.errors()).contains(named).doesNotContain("nil pointer");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "node.enabled=true             | node.apiServer.host is needed",
                "rbac.clusterScoped=false      | needs scope.namespaces",
                "controller.proxyProtocol=true | needs controller.trustedProxies",
                "controller.kind=DaemonSet,controller.autoscaling.enabled=true | needs controller.kind=Deployment",
                "controller.autoscaling.enabled=true,controller.autoscaling.minReplicas=11 | is above maxReplicas",
            })
    void saysWhichValuesDoNotGoTogether(String setting, String message) throws Exception {
        Helm.Result result = helm.template("penstock", List.of(setting));

        assertThat(result.isDone()).isFalse();
        assertThat(result.errors()).contains(message);
    }

    @Test
    void theProgramTakesEveryFlagThatTheChartGives() throws Exception {
        Map<String, Set<String>> flags = new TreeMap<>();
        for (List<String> settings : Combinations.alone()) {
            for (Container container : Container.all(helm.render(settings))) {
                List<String> arguments = container.arguments();
                flags.computeIfAbsent(arguments.getFirst(), _ -> new LinkedHashSet<>())
                        .addAll(arguments.subList(1, arguments.size()));
            }
        }

        assertThat(flags).containsOnlyKeys("node", "serve");
        for (Map.Entry<String, Set<String>> command : flags.entrySet()) {
            for (List<String> once : withoutRepetition(command.getValue())) {
                assertIsTaken(command.getKey(), once);
            }
        }
    }

    @Test
    void aPodLivesLongerThanItsRequestsMayTake() throws Exception {
        String rendered =
                helm.render(
                        List.of(
                                "controller.shutdown.delaySeconds=35,controller.shutdown.graceSeconds=300"));

        Container container = Container.all(rendered).getFirst();
        assertThat(container.arguments()).contains("--shutdown-delay=35s", "--shutdown-grace=300s");
        assertThat(rendered).containsPattern("terminationGracePeriodSeconds: 345\n");
        assertThat(rendered).contains("rollingUpdate: {maxUnavailable: 0, maxSurge: 1}");
    }

    @Test
    void theManifestsAreWhatTheChartComesTo(@TempDir Path directory) throws Exception {
        Path examples = PenstockProcess.checkout().resolve("examples/kubernetes");
        ProcessBuilder builder =
                new ProcessBuilder(
                                PenstockProcess.checkout()
                                        .resolve("charts/manifests/render")
                                        .toString(),
                                directory.toString())
                        .inheritIO();
        builder.environment().put("HELM", helm.program().toString());
        Process render = builder.start();
        assertThat(render.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(render.exitValue()).isZero();

        assertThat(files(examples))
                .as("examples/kubernetes; charts/manifests/render makes it anew")
                .isEqualTo(files(directory));
    }

    private static Map<String, String> files(Path directory) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> found = Files.list(directory)) {
            for (Path file : found.toList()) {
                files.put(file.getFileName().toString(), Files.readString(file, UTF_8));
            }
        }
        return files;
    }

    /** Groups in which no flag is given twice, so that each value is tried. */
    private static List<List<String>> withoutRepetition(Set<String> flags) {
        List<Map<String, String>> groups = new ArrayList<>();
        for (String flag : flags) {
            String name = flag.replaceFirst("=.*", "").replaceFirst("^--no-", "--");
            Map<String, String> group =
                    groups.stream()
                            .filter(g -> !g.containsKey(name))
                            .findFirst()
                            .orElseGet(() -> {
                                groups.add(new TreeMap<>());
                                return groups.getLast();
                            });
            group.put(name, flag);
        }
        return groups.stream().map(g -> List.copyOf(g.values())).toList();
    }

    /** The program reads all flags before it heeds {@code --help}. */
    private static void assertIsTaken(String command, List<String> flags) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(flags);
        arguments.add("--help");
        PenstockProcess program = PenstockProcess.start(arguments);

        assertThat(program.awaitEnd()).as("%s: %s", arguments, program.output()).isZero();
    }
}
