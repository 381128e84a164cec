package dev.penstock.e2e.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.penstock.e2e.harness.PenstockProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The whole program, with the objects of a real API server and traffic through it. */
@WithControlPlane
class PenstockInClusterTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String POD = PodNetwork.PREFIX + "20";

    private static HttpServer backend;
    private static ExecutorService backendThreads;

    @BeforeAll
    static void setUp(ControlPlane controlPlane) throws Exception {
        assumeTrue(
                PodNetwork.isEntered(),
                "no addresses for pods: run as root on Linux, for a network namespace");
        controlPlane.installExamples();
        backend = HttpServer.create(new InetSocketAddress(InetAddress.getByName(POD), 0), 0);
        backendThreads = Executors.newFixedThreadPool(4);
        backend.setExecutor(backendThreads);
        backend.createContext(
                "/",
                exchange -> {
                    byte[] body = exchange.getRequestURI().getPath().getBytes(UTF_8);
                    exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        backend.start();
        controlPlane.apply(backendObjects("shop") + ingress("shop", "/"));
    }

    @AfterAll
    static void tearDown() {
        if (backend != null) {
            backend.stop(0);
            backendThreads.shutdownNow();
        }
    }

    @Test
    void servesWhatTheClusterSays(ControlPlane controlPlane) throws Exception {
        try (PenstockProcess penstock = start(controlPlane, controlPlane.port())) {
            Traffic traffic = new Traffic(penstock.httpPort());
            assertThat(traffic.status("shop.example.com", "/a")).isEqualTo(200);
            assertThat(traffic.status("other.example.com", "/a")).isEqualTo(404);

            controlPlane.apply(backendObjects("later") + ingress("later", "/"));
            await().atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> traffic.status("later.example.com", "/") == 200);
        }
    }

    @Test
    void anAcmeSolverIsServedWithoutRedirect(ControlPlane controlPlane) throws Exception {
        controlPlane.apply(backendObjects("secure") + tlsIngress("secure"));
        try (PenstockProcess penstock = start(controlPlane, controlPlane.port())) {
            Traffic traffic = new Traffic(penstock.httpPort());
            assertThat(traffic.status("secure.example.com", "/x")).isEqualTo(308);

            controlPlane.apply(solver("secure"));
            await().atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() ->
                            traffic.status(
                                            "secure.example.com",
                                            "/.well-known/acme-challenge/token")
                                    == 200);
            assertThat(traffic.status("secure.example.com", "/x")).isEqualTo(308);
        }
    }

    @Test
    void trafficGoesOnWhileTheApiServerRestarts(ControlPlane controlPlane) throws Exception {
        try (PenstockProcess penstock = start(controlPlane, controlPlane.port());
                Traffic traffic = new Traffic(penstock.httpPort())) {
            assertThat(traffic.status("shop.example.com", "/")).isEqualTo(200);
            traffic.keepAsking("shop.example.com");

            controlPlane.killApiServer();
            await().atMost(LIMIT)
                    .until(() ->
                            penstock.output().stream()
                                    .anyMatch(l -> l.contains("no answer from the API server")));
            controlPlane.startApiServer();

            controlPlane.apply(backendObjects("after") + ingress("after", "/"));
            await().atMost(LIMIT).until(() -> traffic.status("after.example.com", "/") == 200);
            assertThat(traffic.answered()).isGreaterThan(100);
            assertThat(traffic.failures()).isEmpty();
            assertThat(penstock.output()).noneMatch(line -> line.startsWith("\tat "));
        }
    }

    @Test
    void anotherInstanceTakesOverFromALeaderThatIsKilled(ControlPlane controlPlane)
            throws Exception {
        try (PenstockProcess one =
                start(controlPlane, controlPlane.port(), "--publish-address=192.0.2.1")) {
            awaitLine(one, "is the leader");
            await().atMost(LIMIT).until(() -> address(controlPlane, "shop").equals("192.0.2.1"));
            try (PenstockProcess two =
                    start(controlPlane, controlPlane.port(), "--publish-address=192.0.2.2")) {
                one.process().destroyForcibly();

                awaitLine(two, "this instance");
                await().atMost(LIMIT)
                        .until(() -> address(controlPlane, "shop").equals("192.0.2.2"));
            }
        }
        assertThat(address(controlPlane, "shop")).isEqualTo("192.0.2.2");
    }

    @Test
    void aProblemIsShownByKubectlDescribe(ControlPlane controlPlane) throws Exception {
        controlPlane.apply(ingress("nothing", "/"));
        try (PenstockProcess penstock = start(controlPlane, controlPlane.port())) {
            awaitLine(penstock, "is the leader");
            await().atMost(LIMIT)
                    .until(() ->
                            controlPlane
                                    .kubectl("describe", "ingress", "nothing")
                                    .contains("ServiceNotFound"));
        }
    }

    @Test
    void waitsForAnApiServerThatIsAwayAtTheStart(ControlPlane controlPlane) throws Exception {
        try (Relay relay = new Relay(controlPlane.port());
                PenstockProcess penstock = launch(controlPlane, relay.port())) {
            awaitLine(penstock, "nothing is served before all is read; trying again");
            assertThat(penstock.output()).noneMatch(line -> line.contains("penstock is ready"));
            // A line for each thing that waits: no stack traces, nothing from libraries, none
            // twice.
            assertThat(penstock.output())
                    .filteredOn(line -> line.contains("WARN") || line.contains("\tat "))
                    .filteredOn(line -> !line.contains("cannot use the Lease"))
                    .hasSize(1);

            relay.open();

            penstock.awaitReady();
            assertThat(new Traffic(penstock.httpPort()).status("shop.example.com", "/"))
                    .isEqualTo(200);
        }
    }

    @Test
    void namesTheRightThatIsMissing(ControlPlane controlPlane) throws Exception {
        controlPlane.apply(
                """
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: powerless, namespace: default}
                """);
        Path kubeconfig =
                controlPlane.kubeconfig(
                        "powerless",
                        controlPlane.token("default", "powerless"),
                        controlPlane.port());
        try (PenstockProcess penstock = launch(kubeconfig)) {
            awaitLine(penstock, "cannot list resource \"ingresses\"");
            assertThat(penstock.process().isAlive()).isTrue();
        }
    }

    private static PenstockProcess start(ControlPlane controlPlane, int port, String... more)
            throws IOException, InterruptedException {
        PenstockProcess penstock = launch(controlPlane, port, more);
        penstock.awaitReady();
        return penstock;
    }

    private static PenstockProcess launch(ControlPlane controlPlane, int port, String... more)
            throws IOException, InterruptedException {
        return launch(
                controlPlane.kubeconfig(
                        "program-" + port, controlPlane.token("penstock", "penstock"), port),
                more);
    }

    private static PenstockProcess launch(Path kubeconfig, String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "serve",
                                "--kubeconfig",
                                kubeconfig.toString(),
                                "--bind",
                                "127.0.0.1"));
        arguments.addAll(List.of("--http-port", "0", "--https-port", "0", "--admin-port", "0"));
        arguments.addAll(List.of("--leader-lease", "penstock/penstock-leader"));
        arguments.addAll(List.of(more));
        return PenstockProcess.start(arguments);
    }

    private static void awaitLine(PenstockProcess penstock, String text) {
        await().atMost(LIMIT)
                .alias(text)
                .until(() -> penstock.output().stream().anyMatch(line -> line.contains(text)));
    }

    private static String address(ControlPlane controlPlane, String name)
            throws IOException, InterruptedException {
        return controlPlane.kubectl(
                "get", "ingress", name, "--output=jsonpath={.status.loadBalancer.ingress[*].ip}");
    }

    private static String backendObjects(String name) {
        return """
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: %1$s, namespace: default}
        spec: {ports: [{name: http, port: 80}]}
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: %1$s-1, namespace: default, labels: {kubernetes.io/service-name: %1$s}}
        addressType: IPv4
        ports: [{name: http, port: %2$d}]
        endpoints: [{addresses: [%3$s], conditions: {ready: true}}]
        """
                .formatted(name, backend.getAddress().getPort(), POD);
    }

    private static String ingress(String name, String path) {
        return """
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: %1$s, namespace: default}
        spec:
          ingressClassName: penstock
          rules:
          - host: %1$s.example.com
            http: {paths: [{path: %2$s, pathType: Prefix, backend: {service: {name: %1$s, port: {name: http}}}}]}
        """
                .formatted(name, path);
    }

    private static String tlsIngress(String name) {
        return ingress(name, "/") + "  tls: [{hosts: [%s.example.com]}]\n".formatted(name);
    }

    /** What cert-manager makes while it proves that a host is ours. */
    private static String solver(String name) {
        return """
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: cm-acme-http-solver-x, namespace: default}
        spec:
          ingressClassName: penstock
          rules:
          - host: %1$s.example.com
            http:
              paths:
              - path: /.well-known/acme-challenge/token
                pathType: Exact
                backend: {service: {name: %1$s, port: {name: http}}}
        """
                .formatted(name);
    }
}
