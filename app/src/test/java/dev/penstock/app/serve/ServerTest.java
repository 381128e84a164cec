package dev.penstock.app.serve;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.penstock.app.echo.Echo;
import dev.penstock.app.exit.ExitException;
import dev.penstock.app.metrics.ControlMetric;
import dev.penstock.app.node.FactsSettings;
import dev.penstock.app.node.ModeSettings;
import dev.penstock.app.node.NodeProxySettings;
import dev.penstock.app.node.NodeSideSettings;
import dev.penstock.app.source.SourceSettings;
import dev.penstock.controller.translate.TranslatorSettings;
import dev.penstock.l4.L4Settings;
import dev.penstock.l4.sync.SyncSettings;
import dev.penstock.l4.userspace.UserspaceSettings;
import dev.penstock.proxy.echo.EchoServer;
import dev.penstock.proxy.listener.ListenerSettings;
import dev.penstock.proxy.observe.AccessLogSettings;
import dev.penstock.proxy.runtime.ProxySettings;
import dev.penstock.proxy.trace.RequestSpan;
import dev.penstock.proxy.trace.SpanSink;
import dev.penstock.proxy.trace.TracingSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole program in this JVM: objects in, answers and admin pages out. */
class ServerTest {

    private static final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir Path directory;

    @Test
    void servesAndShowsWhatItServes() throws Exception {
        try (EchoServer web = Echo.start(loopback(0), "web");
                Server server = start(web)) {
            assertThat(get(server, "/a").body()).contains("\"backend\": \"web\"");
            assertThat(admin(server, "/livez").statusCode()).isEqualTo(200);
            assertThat(admin(server, "/healthz").statusCode()).isEqualTo(200);
            assertThat(admin(server, "/readyz").statusCode()).isEqualTo(200);
            assertThat(admin(server, "/nothing").body()).contains("/configz").doesNotContain(".js");
            assertThat(admin(server, "/nothing").statusCode()).isEqualTo(404);
            assertThat(admin(server, "/ui").headers().firstValue("Location")).hasValue("ui/");
            assertThat(admin(server, "/ui/").headers().firstValue("Content-Security-Policy"))
                    .hasValueSatisfying(
                            policy -> assertThat(policy).contains("default-src 'none'"));
            assertThat(admin(server, "/ui/main.js").statusCode()).isEqualTo(200);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(admin(server, "/ui/traffic").body())
                                    .contains("\"key\":[\"default\",\"any\",\"web\"]"));
            assertThat(admin(server, "/metrics?name%5B%5D=penstock_config_routes").body())
                    .contains("penstock_config_routes 1.0")
                    .doesNotContain("penstock_config_generation");
            assertThat(admin(server, "/configz").body())
                    .contains("\"generation\":1,")
                    .contains("\"name\":\"http\",\"address\":\"127.0.0.1\",\"port\":")
                    .contains("\"service\":\"default/web:80\"")
                    .contains("\"address\":\"127.0.0.1:" + web.address().getPort() + "\"")
                    .contains("\"problems\":[]");
            assertThat(admin(server, "/metrics").body())
                    .contains("penstock_config_generation 1.0")
                    .contains("penstock_config_routes 1.0")
                    .contains("penstock_config_problems{reason=\"ServiceNotFound\"} 0.0")
                    .contains("penstock_config_propagation_seconds_count 1")
                    .contains("penstock_build_info{");
            assertThat(admin(server, "/explain?url=http://x/a/b").body())
                    .contains("\"answer\":\"forwarded to default/web:80\"");
            assertThat(admin(server, "/explain?service=default/web:80&format=text").body())
                    .contains("+ 127.0.0.1:" + web.address().getPort());
            assertThat(admin(server, "/explain").statusCode()).isEqualTo(400);
            assertThat(admin(server, "/explain?url=nonsense%20/").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void followsChanges() throws Exception {
        try (EchoServer web = Echo.start(loopback(0), "web");
                Server server = start(web)) {
            assertThat(get(server, "/b").statusCode()).isEqualTo(404);
            write("/b", web);
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(get(server, "/b").statusCode()).isEqualTo(200));
            assertThat(get(server, "/a").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void saysInOneLineWhereAndHowItServes() throws Exception {
        try (EchoServer web = Echo.start(loopback(0), "web");
                Server server = start(web)) {
            assertThat(server.summary())
                    .matches(
                            "http 127\\.0\\.0\\.1:\\d+, https 127\\.0\\.0\\.1:\\d+, admin"
                                    + " 127\\.0\\.0\\.1:\\d+ \\((io_uring|epoll|nio), .+, \\d+ event"
                                    + " loops?, 1 route\\)");
        }
    }

    /** In the one mode that needs nothing of the machine. */
    @Test
    void isTheNodeProxyToo() throws Exception {
        try (EchoServer web = Echo.start(loopback(0), "web")) {
            write("/a", web);
            try (Server server = Server.start(settings(loopback(0), nodeProxy()))) {
                assertThat(server.awaitConfiguration(10_000)).isTrue();
                server.listen();
                assertThat(server.awaitRules(30_000)).isTrue();
                assertThat(server.summary())
                        .containsPattern(
                                ", node mode userspace, health 127\\.0\\.0\\.1:\\d+, admin ");
                assertThat(get(server, "/a").body()).contains("\"backend\": \"web\"");
                assertThat(admin(server, "/metrics").body())
                        .contains("penstock_node_mode_info{mode=\"userspace\"} 1")
                        .contains("penstock_node_services 1.0")
                        .contains("penstock_config_problems{reason=\"InvalidAnnotation\"} 1.0")
                        .contains("penstock_config_routes 1.0");
                assertThat(admin(server, "/explain?service=default/web:80&format=text").body())
                        .contains("10.96.0.1:80");
            }
        }
    }

    /** So the page of metrics, which is made of the declared ones, can be relied on. */
    @Test
    void servesExactlyTheMetricsThatAreDeclared() throws Exception {
        try (EchoServer web = Echo.start(loopback(0), "web")) {
            write("/a", web);
            ServeSettings plain = settings(loopback(0), nodeProxy());
            ProxySettings observed =
                    plain.proxy()
                            .withAccessLog(
                                    AccessLogSettings.of(
                                            Files.createTempFile(directory, "access", ".log")
                                                    .toString(),
                                            "json"))
                            .withTracing(
                                    new TracingSettings(
                                            new NoSpans(), 1, true, true, Duration.ofMillis(20)));
            try (Server server = Server.start(with(plain, observed))) {
                assertThat(server.awaitConfiguration(10_000)).isTrue();
                server.listen();
                assertThat(server.awaitRules(30_000)).isTrue();
                get(server, "/a");
                get(server, "/missing");
                refused(server);
                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(() ->
                                Scrape.of(admin(server, "/metrics").body())
                                        .assertDeclared(
                                                // Only in a cluster; without a certificate.
                                                ControlMetric.LEADER.description(),
                                                ControlMetric.CERTIFICATE_EXPIRY.description()));
                assertThat(openMetrics(server))
                        .containsPattern(
                                "penstock_http_request_duration_seconds_bucket\\{.*} 1 #"
                                        + " \\{span_id=\"[0-9a-f]{16}\",trace_id=\"[0-9a-f]{32}\"}"
                                        + " [0-9.e-]+ [0-9.e+]+\n")
                        .endsWith("# EOF\n");
            }
        }
    }

    private static String openMetrics(Server server) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.adminAddress().getPort() + "/metrics");
        return client.send(
                        HttpRequest.newBuilder(uri)
                                .header("Accept", "application/openmetrics-text; version=1.0.0")
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    private static void refused(Server server) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port("http"))) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("no request\r\n\r\n".getBytes(US_ASCII));
            assertThat(socket.getInputStream().readAllBytes()).asString().contains(" 400 ");
        }
    }

    private static ServeSettings with(ServeSettings settings, ProxySettings proxy) {
        return new ServeSettings(
                settings.version(),
                settings.source(),
                settings.translator(),
                settings.cluster(),
                settings.node(),
                proxy,
                settings.admin(),
                settings.shutdownDelay(),
                settings.shutdownGrace());
    }

    /** Takes all spans and keeps none. */
    private static final class NoSpans implements SpanSink {
        @Override
        public boolean export(List<RequestSpan> spans) {
            return true;
        }

        @Override
        public void close() {}
    }

    private static NodeSideSettings nodeProxy() {
        return new NodeSideSettings(
                "node1",
                new NodeProxySettings(
                        new L4Settings(true, true, "node1", null, List.of(), 1_000),
                        new ModeSettings(
                                "userspace", "rr", List.of(), UserspaceSettings.of(false), null),
                        new FactsSettings(List.of(), List.of(), false, false),
                        SyncSettings.of(
                                SyncSettings.MIN_PERIOD_DEFAULT, SyncSettings.PERIOD_DEFAULT),
                        loopback(0),
                        false),
                null);
    }

    @Test
    void isNotReadyBeforeItListens() throws Exception {
        try (EchoServer web = Echo.start(loopback(0), "web")) {
            write("/a", web);
            try (Server server = Server.start(settings(loopback(0)))) {
                assertThat(server.awaitConfiguration(10_000)).isTrue();
                assertThat(admin(server, "/readyz").statusCode()).isEqualTo(503);
                server.listen();
                assertThat(admin(server, "/readyz").statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void namesAnAdminPortThatIsInUse() throws Exception {
        write("/a", 1);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> Server.start(settings(loopback(taken.getLocalPort()))).close())
                    .isInstanceOf(ExitException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining("--admin-port");
        }
    }

    private Server start(EchoServer web) throws Exception {
        write("/a", web);
        Server server = Server.start(settings(loopback(0)));
        assertThat(server.awaitConfiguration(10_000)).isTrue();
        server.listen();
        return server;
    }

    private ServeSettings settings(InetSocketAddress admin) {
        return settings(admin, null);
    }

    private ServeSettings settings(InetSocketAddress admin, @Nullable NodeSideSettings node) {
        return new ServeSettings(
                "test",
                new SourceSettings(directory, true, null, null, Set.of(), ""),
                TranslatorSettings.MANIFESTS,
                ClusterSettings.NONE,
                node,
                ProxySettings.of(
                        List.of(
                                new ListenerSettings("http", loopback(0), false),
                                new ListenerSettings("https", loopback(0), true)),
                        L4Settings.forManifests()),
                admin,
                Duration.ZERO,
                Duration.ofSeconds(5));
    }

    private void write(String path, EchoServer web) throws IOException {
        write(path, web.address().getPort());
    }

    private void write(String path, int port) throws IOException {
        Files.writeString(directory.resolve("all.yaml"), manifests(path, port));
    }

    private static String manifests(String path, int port) {
        return """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: any}
        spec:
          ingressClassName: penstock
          rules:
          - http:
              paths:
              - {path: %s, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web, annotations: {penstock.dev/l4-weights: nonsense}}
        spec: {clusterIP: 10.96.0.1, ports: [{port: 80}]}
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
        addressType: IPv4
        ports: [{port: %d}]
        endpoints: [{addresses: [127.0.0.1]}]
        """
                .formatted(path, port);
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static HttpResponse<String> get(Server server, String path) throws Exception {
        return send(server.port("http"), path);
    }

    private static HttpResponse<String> admin(Server server, String path) throws Exception {
        return send(server.adminAddress().getPort(), path);
    }

    private static HttpResponse<String> send(int port, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                BodyHandlers.ofString());
    }
}
