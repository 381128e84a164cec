package dev.penstock.e2e.kubernetes;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.e2e.chart.Combinations;
import dev.penstock.e2e.chart.Container;
import dev.penstock.e2e.chart.Helm;
import dev.penstock.e2e.harness.PenstockProcess;
import dev.penstock.e2e.harness.TextBackend;
import io.fabric8.kubernetes.api.model.LoadBalancerIngressBuilder;
import io.fabric8.kubernetes.api.model.LoadBalancerStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the chart makes, in a real API server, and the program with no more rights than that. */
@WithControlPlane
class ChartInClusterTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int BATCH = 40;
    private static final String POD = PodNetwork.PREFIX + "40";

    private static Helm helm;

    /** Null where there are no addresses for pods. */
    private static @Nullable TextBackend backend;

    @BeforeAll
    static void setUp(ControlPlane controlPlane) throws Exception {
        helm = Helm.find();
        for (String name : List.of("penstock", "trial", "scoped", "alone", "team-a", "team-b")) {
            controlPlane.apply(namespace(name));
        }
        controlPlane.apply(namespace("infra"));
        if (PodNetwork.isEntered()) {
            backend = new TextBackend(InetAddress.getByName(POD), "hello");
        }
    }

    @AfterAll
    static void tearDown() {
        if (backend != null) {
            backend.close();
        }
    }

    /** No field that the API does not know, none of the wrong form, none that it forbids. */
    @Test
    void theApiServerTakesEveryObjectOfEveryCombination(
            ControlPlane controlPlane, @TempDir Path directory) throws Exception {
        installMonitoring(controlPlane);
        Map<String, List<String>> documents = new LinkedHashMap<>();
        for (List<String> settings : Combinations.all()) {
            Helm.documents(helm.render("trial", settings))
                    .forEach(document -> documents.putIfAbsent(document, settings));
        }

        List<String> all = List.copyOf(documents.keySet());
        for (int from = 0; from < all.size(); from += BATCH) {
            List<String> batch = all.subList(from, Math.min(from + BATCH, all.size()));
            try {
                tryOut(controlPlane, directory, String.join("\n---\n", batch));
            } catch (IOException _) {
                // One by one, to tell which.
                for (String document : batch) {
                    assertThatCode(() -> tryOut(controlPlane, directory, document))
                            .as("%s with %s", document, documents.get(document))
                            .doesNotThrowAnyException();
                }
            }
        }
        assertThat(all).hasSizeGreaterThan(100);
    }

    @Test
    void anObjectWithAnUnknownFieldWouldBeFound(ControlPlane controlPlane, @TempDir Path directory)
            throws Exception {
        installMonitoring(controlPlane);
        String rendered =
                helm.render(
                        "trial",
                        List.of(
                                "metrics.serviceMonitor.enabled=true",
                                "metrics.rules.enabled=true"));
        for (List<String> change :
                List.of(
                        List.of("readinessProbe:", "readynessProbe:"),
                        List.of("targetPort: http\n", "targetPort: {}\n"),
                        List.of("honorLabels: true", "honourLabels: true"),
                        List.of("for: 5m", "for: a while"))) {
            String broken = rendered.replace(change.getFirst(), change.getLast());
            assertThat(broken).isNotEqualTo(rendered);
            assertThatThrownBy(() -> tryOut(controlPlane, directory, broken))
                    .as("%s", change)
                    .isInstanceOf(IOException.class);
        }
    }

    /** The whole way of a newcomer, but for the kubelet, whose part is played by this test. */
    @Test
    void theQuickstartIsServedThroughTheService(ControlPlane controlPlane) throws Exception {
        assumePods();
        Installed chart =
                Installed.of(
                        controlPlane,
                        "penstock",
                        List.of(
                                "node.enabled=true,node.apiServer.host=192.0.2.1,"
                                        + "node.clusterCidrs={10.244.0.0/16}"));
        quickstart(controlPlane);
        try (PenstockProcess serve = chart.start("serve", List.of());
                PenstockProcess node =
                        chart.start(
                                "node",
                                List.of(
                                        "--mode=userspace",
                                        "--no-redirect",
                                        "--healthz-address=127.0.0.1:0",
                                        "--metrics-address=127.0.0.1:0"))) {
            controlPlane.apply(slice("penstock", "penstock", "http", POD, serve.httpPort()));
            Traffic service = new Traffic(servedPort(node, "penstock/penstock:http"));
            await().atMost(LIMIT)
                    .ignoreExceptions()
                    .until(() -> service.status("shop.example.com", "/") == 200);
            assertThat(service.status("shop.example.com", "/cart")).isEqualTo(200);
            assertThat(service.status("other.example.com", "/")).isEqualTo(404);

            giveAddress(controlPlane, "penstock", "penstock", "192.0.2.44");
            awaitText(controlPlane, "192.0.2.44", "get", "ingress", "shop");
            awaitText(controlPlane, "SecretNotFound", "describe", "ingress", "account");

            // Comes into use after the watch has passed it by, and so is read singly.
            controlPlane.apply(controlPlane.tlsSecret("default", "unused"));
            controlPlane.kubectl(
                    "patch",
                    "ingress",
                    "account",
                    "--type=json",
                    "--patch=[{\"op\":\"replace\",\"path\":\"/spec/tls/0/secretName\",\"value\":\"unused\"}]");
            await().atMost(LIMIT)
                    .until(() ->
                            chart.requests().stream()
                                    .anyMatch(r ->
                                            r.verb().equals("get")
                                                    && r.resource().equals("secrets")));
        }
        chart.assertNothingWasDenied();
        assertThat(controlPlane.requestsOf("penstock", "penstock-node"))
                .noneMatch(request -> request.resource().startsWith("secrets"));
    }

    @Test
    void oneThatServesSomeNamespacesHasRightsInTheseOnly(ControlPlane controlPlane)
            throws Exception {
        assumePods();
        controlPlane.apply(
                controlPlane.tlsSecret("infra", "fallback")
                        + service("infra", "fallback")
                        + slice("infra", "fallback", "http", POD, backendPort()));
        Installed chart =
                Installed.of(
                        controlPlane,
                        "scoped",
                        List.of(
                                "scope.namespaces={team-a,team-b},scope.defaultBackend=infra/fallback,"
                                        + "scope.defaultTlsSecret=infra/fallback",
                                "ingressClass.name=scoped,ingressClass.controller=example.com/scoped"));
        try (PenstockProcess serve = chart.start("serve", List.of())) {
            assertThat(admin(serve, "/metrics"))
                    .contains("namespace=\"infra\",secret=\"fallback\"");
            Traffic traffic = new Traffic(serve.httpPort());
            assertThat(traffic.status("any.example.com", "/")).isEqualTo(200);

            controlPlane.apply(ingress("team-a", "scoped-a", "scoped", "missing"));
            controlPlane.apply(ingress("default", "scoped-b", "scoped", "missing"));
            giveAddress(controlPlane, "scoped", "scoped-penstock", "192.0.2.45");

            awaitText(
                    controlPlane,
                    "ServiceNotFound",
                    "describe",
                    "ingress",
                    "scoped-a",
                    "-n=team-a");
            awaitText(controlPlane, "192.0.2.45", "get", "ingress", "scoped-a", "-n=team-a");
            assertThat(traffic.status("scoped-a.example.com", "/")).isEqualTo(503);
            assertThat(traffic.status("scoped-b.example.com", "/")).isEqualTo(200);
        }
        chart.assertNothingWasDenied();
        assertThat(chart.may("list", "secrets", "team-a")).isTrue();
        assertThat(chart.may("list", "secrets", "default")).isFalse();
        assertThat(chart.may("list", "secrets", "infra")).isFalse();
        assertThat(chart.may("get", "secrets/fallback", "infra")).isTrue();
        assertThat(chart.may("list", "ingresses", "default")).isFalse();
    }

    @Test
    void oneWithoutAClusterRoleServesItsNamespace(ControlPlane controlPlane) throws Exception {
        assumePods();
        Installed chart =
                Installed.of(
                        controlPlane,
                        "alone",
                        List.of(
                                "scope.namespaces={team-b},rbac.clusterScoped=false",
                                "ingressClass.create=false,ingressClass.name=alone"));
        controlPlane.apply(
                service("team-b", "web")
                        + slice("team-b", "web", "http", POD, backendPort())
                        + ingress("team-b", "alone", "alone", "web"));
        try (PenstockProcess serve = chart.start("serve", List.of())) {
            Traffic traffic = new Traffic(serve.httpPort());
            assertThat(traffic.status("alone.example.com", "/")).isEqualTo(200);
            serve.awaitLine("going on without IngressClasss");
        }
        assertThat(chart.requests())
                .filteredOn(AuditedRequest::isDenied)
                .allMatch(request -> request.resource().equals("ingressclasses"));
    }

    /**
     * A release whose objects are in the API server.
     *
     * @param name its name, and its namespace's
     * @param account its service account
     */
    private record Installed(
            ControlPlane controlPlane,
            String name,
            String account,
            List<Container> containers,
            List<AuditedRequest> earlier) {

        static Installed of(ControlPlane controlPlane, String name, List<String> settings)
                throws Exception {
            String rendered = helm.render(name, settings);
            String account = name.equals("penstock") ? name : name + "-penstock";
            // Other tests, with other rights, may have used accounts of these names.
            List<AuditedRequest> earlier = requests(controlPlane, name, account);
            controlPlane.apply(rendered);
            return new Installed(controlPlane, name, account, Container.all(rendered), earlier);
        }

        /** Starts the program with the flags and the account of a Pod, on free ports. */
        PenstockProcess start(String command, List<String> more) throws Exception {
            boolean isNode = command.equals("node");
            String user = isNode ? account + "-node" : account;
            List<String> arguments =
                    new ArrayList<>(
                            containers.stream()
                                    .map(Container::arguments)
                                    .filter(a -> a.getFirst().equals(command))
                                    .findFirst()
                                    .orElseThrow());
            arguments.add(
                    "--kubeconfig="
                            + controlPlane.kubeconfig(
                                    user,
                                    controlPlane.token(name, user),
                                    controlPlane.port(),
                                    name));
            if (!isNode) {
                arguments.addAll(List.of("--http-port=0", "--https-port=0", "--admin-port=0"));
            }
            arguments.addAll(more);
            PenstockProcess program = PenstockProcess.start(arguments);
            program.awaitReady();
            return program;
        }

        /** What the accounts have asked for since the installation. */
        List<AuditedRequest> requests() throws IOException {
            List<AuditedRequest> all = requests(controlPlane, name, account);
            return all.subList(earlier.size(), all.size());
        }

        private static List<AuditedRequest> requests(
                ControlPlane controlPlane, String name, String account) throws IOException {
            Set<String> users =
                    Set.of(
                            "system:serviceaccount:" + name + ":" + account,
                            "system:serviceaccount:" + name + ":" + account + "-node");
            return controlPlane.requests().stream()
                    .filter(request -> users.contains(request.user()))
                    .toList();
        }

        void assertNothingWasDenied() throws IOException {
            assertThat(requests()).isNotEmpty().noneMatch(AuditedRequest::isDenied);
        }

        boolean may(String verb, String resource, String namespace) throws Exception {
            try {
                String answer =
                        controlPlane.kubectl(
                                "auth",
                                "can-i",
                                verb,
                                resource,
                                "--namespace=" + namespace,
                                "--as=system:serviceaccount:" + name + ":" + account);
                return answer.strip().equals("yes");
            } catch (IOException e) {
                assertThat(String.valueOf(e.getMessage()).strip()).endsWith("no");
                return false;
            }
        }
    }

    /** Waits until kubectl prints a text. */
    private static void awaitText(ControlPlane controlPlane, String text, String... command) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(controlPlane.kubectl(command)).contains(text));
    }

    private static int backendPort() {
        return requireNonNull(backend).port();
    }

    private static void assumePods() {
        assumeTrue(
                PodNetwork.isEntered(),
                "no addresses for pods: run as root on Linux, for a network namespace");
    }

    private static void tryOut(ControlPlane controlPlane, Path directory, String manifest)
            throws IOException, InterruptedException {
        Path file = Files.writeString(directory.resolve("objects.yaml"), manifest);
        controlPlane.kubectl(
                "apply",
                "--server-side",
                "--dry-run=server",
                // Other tests may have made objects of these names.
                "--force-conflicts",
                "--validate=strict",
                "--filename=" + file);
    }

    private static void installMonitoring(ControlPlane controlPlane) throws Exception {
        try (var in = ChartInClusterTest.class.getResourceAsStream("monitoring-crds.yaml")) {
            controlPlane.apply(
                    new String(requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
        }
        controlPlane.kubectl(
                "wait", "--for=condition=Established", "--timeout=25s", "crd", "--all");
    }

    /** The quickstart, with pods where its backends on loopback would be. */
    private static void quickstart(ControlPlane controlPlane) throws IOException {
        Path quickstart = PenstockProcess.checkout().resolve("examples/quickstart");
        for (String file : List.of("services.yaml", "shop.yaml", "account.yaml")) {
            controlPlane.apply(
                    Files.readString(quickstart.resolve(file))
                            .replace("127.0.0.1", POD)
                            .replaceAll("port: 1808\\d", "port: " + backendPort()));
        }
    }

    private static void giveAddress(
            ControlPlane controlPlane, String namespace, String service, String address) {
        controlPlane
                .admin()
                .services()
                .inNamespace(namespace)
                .withName(service)
                .editStatus(found -> {
                    found.getStatus()
                            .setLoadBalancer(
                                    new LoadBalancerStatus(
                                            List.of(
                                                    new LoadBalancerIngressBuilder()
                                                            .withIp(address)
                                                            .build())));
                    return found;
                });
    }

    /** The port on loopback at which a node without redirection serves a Service. */
    private static int servedPort(PenstockProcess node, String service) {
        String text = service + " is served on TCP 127.0.0.1:";
        node.awaitLine(text);
        Pattern port = Pattern.compile(Pattern.quote(text) + "(\\d+)");
        return node.output().stream()
                .map(port::matcher)
                .filter(Matcher::find)
                .mapToInt(matcher -> Integer.parseInt(matcher.group(1)))
                .findFirst()
                .orElseThrow();
    }

    private static String admin(PenstockProcess penstock, String page) throws IOException {
        URI uri = URI.create("http://127.0.0.1:" + penstock.adminPort() + page);
        try (var in = uri.toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String namespace(String name) {
        return "apiVersion: v1\nkind: Namespace\nmetadata: {name: %s}\n".formatted(name);
    }

    private static String service(String namespace, String name) {
        return """
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: %s, namespace: %s}
        spec: {ports: [{name: http, port: 80}]}
        """
                .formatted(name, namespace);
    }

    private static String slice(
            String namespace, String service, String port, String address, int number) {
        return """
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: %1$s-1, namespace: %2$s, labels: {kubernetes.io/service-name: %1$s}}
        addressType: IPv4
        ports: [{name: %3$s, port: %5$d}]
        endpoints: [{addresses: [%4$s], conditions: {ready: true}}]
        """
                .formatted(service, namespace, port, address, number);
    }

    private static String ingress(String namespace, String name, String className, String service) {
        return """
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: %2$s, namespace: %1$s}
        spec:
          ingressClassName: %3$s
          rules:
          - host: %2$s.example.com
            http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: %4$s, port: {name: http}}}}]}
        """
                .formatted(namespace, name, className, service);
    }
}
