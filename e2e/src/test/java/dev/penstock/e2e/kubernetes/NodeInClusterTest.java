package dev.penstock.e2e.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.penstock.e2e.harness.PenstockProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code penstock node} with the Services of a real API server and the role of the examples. */
@WithControlPlane
class NodeInClusterTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String NAME = "on-node";

    /** The line that says where a Service is without redirection. */
    private static final Pattern SERVED =
            Pattern.compile("default/" + NAME + ":http is served on TCP 127\\.0\\.0\\.1:(\\d+)");

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
        controlPlane.apply(
                """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: default}
                spec: {ports: [{name: http, port: 80}]}
                """
                        .formatted(NAME));
        pointTo(controlPlane, first);
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

    @Test
    void servesAServiceAndFollowsItsEndpointsWithTheRoleOfTheExamples(ControlPlane controlPlane)
            throws Exception {
        Path kubeconfig =
                controlPlane.kubeconfig(
                        "node",
                        controlPlane.token("penstock", "penstock-node"),
                        controlPlane.port());
        try (PenstockProcess node =
                PenstockProcess.start(
                        List.of(
                                "node",
                                "--kubeconfig",
                                kubeconfig.toString(),
                                "--mode",
                                "userspace",
                                "--no-redirect",
                                "--node-name",
                                "node1",
                                "--healthz-address",
                                "127.0.0.1:0",
                                "--metrics-address",
                                "127.0.0.1:0"))) {
            node.awaitReady();
            Traffic traffic = new Traffic(port(node));
            assertThat(traffic.status(NAME, "/")).isEqualTo(201);

            pointTo(controlPlane, second);

            await().atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> traffic.status(NAME, "/") == 202);
            assertThat(node.output()).noneMatch(line -> line.contains("cannot list"));
        }
    }

    private static int port(PenstockProcess node) {
        node.awaitLine(NAME + ":http is served on");
        return node.output().stream()
                .map(SERVED::matcher)
                .filter(Matcher::find)
                .mapToInt(matcher -> Integer.parseInt(matcher.group(1)))
                .findFirst()
                .orElseThrow();
    }

    private static void pointTo(ControlPlane controlPlane, Pod pod) {
        controlPlane.apply(
                """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: %1$s-1, namespace: default, labels: {kubernetes.io/service-name: %1$s}}
                addressType: IPv4
                ports: [{name: http, port: %2$d}]
                endpoints: [{addresses: [%3$s], nodeName: node1, conditions: {ready: true}}]
                """
                        .formatted(
                                NAME,
                                pod.server().getAddress().getPort(),
                                pod.server().getAddress().getAddress().getHostAddress()));
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
