package dev.penstock.e2e.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.penstock.e2e.harness.NetworkNamespace;
import dev.penstock.e2e.harness.PenstockProcess;
import dev.penstock.e2e.harness.Segment;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code penstock node} and {@code serve --node-proxy} with the Services of a real API server and
 * the roles of the examples.
 */
@WithControlPlane
class NodeInClusterTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String NAME = "on-node";
    private static final String ZONAL = "zonal";

    private static Pod first;
    private static Pod second;

    @BeforeAll
    static void setUp(ControlPlane controlPlane) throws Exception {
        assumeTrue(
                PodNetwork.isEntered(),
                "no addresses for pods: run as root on Linux, for a network namespace");
        controlPlane.installExamples();
        first = Pod.start("30", 201);
        second = Pod.start("31", 202);
        controlPlane.apply(service(NAME));
    }

    @AfterAll
    static void tearDown() {
        if (first != null) {
            first.server().stop(0);
        }
        if (second != null) {
            second.server().stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"node", "serve"})
    void servesAServiceAndFollowsItsEndpointsWithTheRoleOfTheExamples(
            String command, ControlPlane controlPlane) throws Exception {
        pointTo(controlPlane, first);
        try (PenstockProcess node = start(controlPlane, command)) {
            Traffic traffic = new Traffic(port(node, NAME));
            assertThat(traffic.status(NAME, "/")).isEqualTo(201);

            pointTo(controlPlane, second);

            await().atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> traffic.status(NAME, "/") == 202);
            assertThat(node.output()).noneMatch(line -> line.contains("cannot list"));
        }
    }

    @Test
    void followsTheZoneThatTheNodeObjectSays(ControlPlane controlPlane) throws Exception {
        controlPlane.apply(service(ZONAL) + "---\n" + hinted("a", first) + hinted("b", second));
        controlPlane.apply(node("a"));
        try (PenstockProcess node = start(controlPlane, "node")) {
            Traffic traffic = new Traffic(port(node, ZONAL));
            for (int i = 0; i < 10; i++) {
                assertThat(traffic.status(ZONAL, "/")).isEqualTo(201);
            }

            controlPlane.apply(node("b"));

            await().atMost(LIMIT).until(() -> traffic.status(ZONAL, "/") == 202);
            for (int i = 0; i < 10; i++) {
                assertThat(traffic.status(ZONAL, "/")).isEqualTo(202);
            }
        }
    }

    @Test
    void whatIsWrongWithAServiceIsSeenByKubectlDescribe(ControlPlane controlPlane)
            throws Exception {
        for (String name : List.of("claim-a", "claim-b")) {
            controlPlane.apply(
                    service(name).replace("spec: {", "spec: {externalIPs: [198.51.100.7], "));
        }
        try (PenstockProcess _ = start(controlPlane, "node")) {
            await().atMost(LIMIT)
                    .untilAsserted(() ->
                            assertThat(controlPlane.kubectl("describe", "service", "claim-b"))
                                    .containsPattern(
                                            "Warning +Conflict .*penstock.*spec.externalIPs:"
                                                    + " TCP 198.51.100.7:80 is that of default/claim-a"));
            assertThat(controlPlane.kubectl("describe", "service", "claim-a"))
                    .doesNotContain("Conflict");
        }
    }

    @Test
    void rulesThatCannotBeMadeAreSeenByKubectlDescribe(
            ControlPlane controlPlane, @TempDir Path directory) throws Exception {
        controlPlane.apply(node("a"));
        Path broken = directory.resolve("broken");
        Path programs = breakable(broken, Files.createDirectory(directory.resolve("programs")));
        try (Segment segment = Segment.create();
                Relay relay = new Relay(controlPlane.port())) {
            NetworkNamespace host = segment.host("node1", 1);
            relay.openIn(host);
            try (PenstockProcess node =
                    PenstockProcess.startIn(
                            host,
                            List.of("env", "PATH=" + programs + ":" + System.getenv("PATH")),
                            List.of(
                                    "node",
                                    "--kubeconfig="
                                            + kubeconfig(
                                                    controlPlane, "penstock-node", relay.port()),
                                    "--node-name=node1",
                                    "--mode=iptables"),
                            Map.of())) {
                node.awaitReady();
                Files.createFile(broken);
                controlPlane.apply(service("more"));

                await().atMost(LIMIT)
                        .untilAsserted(() ->
                                assertThat(controlPlane.kubectl("describe", "node", "node1"))
                                        .containsPattern(
                                                "Warning +RulesNotApplied .*penstock.*mode"
                                                        + " iptables: .*broken by the test"));
            }
        }
    }

    /** Programs that iptables mode uses, in front of the real ones, which fail at will. */
    private static Path breakable(Path broken, Path directory) throws IOException {
        assumeTrue(
                new ProcessBuilder("/bin/sh", "-c", "command -v iptables-restore")
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start()
                                .onExit()
                                .join()
                                .exitValue()
                        == 0,
                "needs iptables");
        String script =
                """
                #!/bin/sh
                if [ -e %s ]; then cat >/dev/null; echo broken by the test >&2; exit 1; fi
                PATH=${PATH#*:} exec "${0##*/}" "$@"
                """
                        .formatted(broken);
        for (String family : List.of("iptables", "ip6tables")) {
            for (String backend : List.of("", "-nft", "-legacy")) {
                Path program = directory.resolve(family + backend + "-restore");
                Files.writeString(program, script);
                assertThat(program.toFile().setExecutable(true)).isTrue();
            }
        }
        return directory;
    }

    private static PenstockProcess start(ControlPlane controlPlane, String command)
            throws Exception {
        boolean isServe = command.equals("serve");
        String account = isServe ? "penstock" : "penstock-node";
        Path kubeconfig = kubeconfig(controlPlane, account, controlPlane.port());
        List<String> arguments = new ArrayList<>(List.of(command, "--kubeconfig=" + kubeconfig));
        arguments.addAll(
                isServe
                        ? List.of(
                                "--node-proxy=userspace",
                                "--http-port=0",
                                "--https-port=0",
                                "--admin-port=0")
                        : List.of("--mode=userspace", "--metrics-address=127.0.0.1:0"));
        arguments.addAll(
                List.of("--no-redirect", "--node-name=node1", "--healthz-address=127.0.0.1:0"));
        PenstockProcess program = PenstockProcess.start(arguments);
        program.awaitReady();
        return program;
    }

    private static Path kubeconfig(ControlPlane controlPlane, String account, int port)
            throws Exception {
        return controlPlane.kubeconfig(
                account, controlPlane.token("penstock", account), port, "penstock");
    }

    /** The port of a Service, from the line that says where it is without redirection. */
    private static int port(PenstockProcess node, String service) {
        Pattern served =
                Pattern.compile(
                        "default/" + service + ":http is served on TCP 127\\.0\\.0\\.1:(\\d+)");
        node.awaitLine(service + ":http is served on");
        return node.output().stream()
                .map(served::matcher)
                .filter(Matcher::find)
                .mapToInt(matcher -> Integer.parseInt(matcher.group(1)))
                .findFirst()
                .orElseThrow();
    }

    private static void pointTo(ControlPlane controlPlane, Pod pod) {
        controlPlane.apply(slice(NAME, "1", pod, ""));
    }

    private static String hinted(String zone, Pod pod) {
        return slice(ZONAL, zone, pod, ", hints: {forZones: [{name: %s}]}".formatted(zone));
    }

    private static String service(String name) {
        return """
        apiVersion: v1
        kind: Service
        metadata: {name: %s, namespace: default}
        spec: {ports: [{name: http, port: 80}]}
        """
                .formatted(name);
    }

    private static String slice(String service, String suffix, Pod pod, String more) {
        return """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: %1$s-%2$s, namespace: default, labels: {kubernetes.io/service-name: %1$s}}
        addressType: IPv4
        ports: [{name: http, port: %3$d}]
        endpoints: [{addresses: [%4$s], nodeName: node1, conditions: {ready: true}%5$s}]
        ---
        """
                .formatted(
                        service,
                        suffix,
                        pod.server().getAddress().getPort(),
                        pod.server().getAddress().getAddress().getHostAddress(),
                        more);
    }

    private static String node(String zone) {
        return """
        apiVersion: v1
        kind: Node
        metadata: {name: node1, labels: {topology.kubernetes.io/zone: %s}}
        """
                .formatted(zone);
    }

    /**
     * A pod that is known by the status of its answers.
     *
     * @param server what answers in it
     */
    private record Pod(HttpServer server) {

        static Pod start(String lastPart, int status) throws IOException {
            InetAddress address = InetAddress.getByName(PodNetwork.PREFIX + lastPart);
            HttpServer server = HttpServer.create(new InetSocketAddress(address, 0), 0);
            server.createContext(
                    "/",
                    exchange -> {
                        exchange.sendResponseHeaders(status, -1);
                        exchange.close();
                    });
            server.start();
            return new Pod(server);
        }
    }
}
