package dev.penstock.e2e.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import dev.penstock.e2e.harness.Manifests;
import dev.penstock.e2e.harness.PenstockProcess;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve --tracing-endpoint}: from a client's span to the endpoint's, and to a collector. */
class TraceTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";

    @TempDir Path directory;

    /** The last {@code traceparent} at each path. */
    private final Map<String, String> parents = new ConcurrentHashMap<>();

    private HttpServer backend;
    private int nobody;

    @BeforeEach
    void start() throws Exception {
        backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        backend.createContext(
                "/",
                exchange -> {
                    String parent = exchange.getRequestHeaders().getFirst("traceparent");
                    parents.put(exchange.getRequestURI().getPath(), String.valueOf(parent));
                    int status = exchange.getRequestURI().getPath().equals("/broken") ? 500 : 200;
                    exchange.sendResponseHeaders(status, -1);
                    exchange.close();
                });
        backend.start();
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = socket.getLocalPort();
        }
        write("web.yaml", Manifests.service("web", backend.getAddress().getPort()));
        write("shop.yaml", Manifests.ingress("shop", "shop.example.com", "web", "{}"));
    }

    @AfterEach
    void stop() {
        backend.stop(0);
    }

    private void write(String name, String text) throws Exception {
        Files.writeString(directory.resolve(name), text);
    }

    private static int get(PenstockProcess penstock, String host, String path, String... fields)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + penstock.httpPort() + path))
                        .timeout(LIMIT)
                        .header("Host", host);
        for (int i = 0; i < fields.length; i += 2) {
            request.header(fields[i], fields[i + 1]);
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), BodyHandlers.discarding()).statusCode();
        }
    }

    private static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    private static Map<String, Object> attributes(List<KeyValue> list) {
        return list.stream()
                .collect(
                        Collectors.toMap(
                                KeyValue::getKey,
                                attribute ->
                                        attribute.getValue().hasIntValue()
                                                ? attribute.getValue().getIntValue()
                                                : attribute.getValue().getStringValue()));
    }

    private static Span awaitSpan(OtlpReceiver collector, Predicate<Span> which) {
        await().atMost(LIMIT).until(() -> collector.spans().stream().anyMatch(which));
        return collector.spans().stream().filter(which).findFirst().orElseThrow();
    }

    private static Predicate<Span> at(String path) {
        return span ->
                span.getKind() == SpanKind.SPAN_KIND_SERVER
                        && path.equals(attributes(span.getAttributesList()).get("url.path"));
    }

    private static List<Span> children(OtlpReceiver collector, Span parent) {
        return collector.spans().stream()
                .filter(span -> span.getParentSpanId().equals(parent.getSpanId()))
                .toList();
    }

    @Test
    void aTraceGoesThroughPenstockWithParentAndChildSpans() throws Exception {
        try (OtlpReceiver collector = new OtlpReceiver();
                PenstockProcess penstock =
                        PenstockProcess.serve(
                                directory,
                                "--tracing-endpoint",
                                collector.url(),
                                "--tracing-header",
                                "Authorization: Bearer abc")) {
            int status =
                    get(
                            penstock,
                            "shop.example.com",
                            "/one?x=1",
                            "traceparent",
                            "00-" + TRACE + "-" + SPAN + "-01",
                            "tracestate",
                            "congo=t61rcWkgMzE");
            assertThat(status).isEqualTo(200);

            Span server = awaitSpan(collector, at("/one"));
            assertThat(hex(server.getTraceId())).isEqualTo(TRACE);
            assertThat(hex(server.getParentSpanId())).isEqualTo(SPAN);
            assertThat(server.getTraceState()).isEqualTo("congo=t61rcWkgMzE");
            assertThat(server.getName()).isEqualTo("GET /");
            assertThat(server.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
            assertThat(attributes(server.getAttributesList()))
                    .containsEntry("http.request.method", "GET")
                    .containsEntry("http.route", "/")
                    .containsEntry("url.query", "x=1")
                    .containsEntry("server.address", "shop.example.com")
                    .containsEntry("http.response.status_code", 200L)
                    .containsEntry("penstock.ingress", "default/shop")
                    .containsEntry("penstock.service", "default/web:main");

            Span client = children(collector, server).getFirst();
            assertThat(children(collector, server)).hasSize(1);
            assertThat(client.getKind()).isEqualTo(SpanKind.SPAN_KIND_CLIENT);
            assertThat(hex(client.getTraceId())).isEqualTo(TRACE);
            assertThat(attributes(client.getAttributesList()))
                    .containsEntry("server.port", (long) backend.getAddress().getPort())
                    .containsEntry("http.response.status_code", 200L);
            // What the endpoint does is below the try, not below the request.
            assertThat(parents.get("/one"))
                    .isEqualTo("00-" + TRACE + "-" + hex(client.getSpanId()) + "-01");
            assertThat(server.getStartTimeUnixNano())
                    .isLessThanOrEqualTo(client.getStartTimeUnixNano());
            assertThat(client.getEndTimeUnixNano())
                    .isBetween(client.getStartTimeUnixNano(), server.getEndTimeUnixNano());
            assertThat(
                            attributes(
                                    collector
                                            .received()
                                            .getFirst()
                                            .getResource()
                                            .getAttributesList()))
                    .containsEntry("service.name", "penstock")
                    .containsKey("service.version");
            assertThat(collector.authorizations()).containsOnly("Bearer abc");

            looksAtAFault(penstock, collector);
        }
    }

    private void looksAtAFault(PenstockProcess penstock, OtlpReceiver collector) throws Exception {
        get(penstock, "shop.example.com", "/broken");
        Span broken = awaitSpan(collector, at("/broken"));
        assertThat(broken.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
        assertThat(broken.getParentSpanId()).isEqualTo(ByteString.EMPTY);
        assertThat(parents.get("/broken")).startsWith("00-" + hex(broken.getTraceId()));
    }

    @Test
    void withoutACollectorNothingOfOpenTelemetryIsLoaded() throws Exception {
        try (PenstockProcess penstock = PenstockProcess.serve(directory)) {
            get(
                    penstock,
                    "shop.example.com",
                    "/",
                    "traceparent",
                    "00-" + TRACE + "-" + SPAN + "-01");
            Process jcmd =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                            .toString(),
                                    Long.toString(penstock.process().pid()),
                                    "VM.class_hierarchy",
                                    "-i")
                            .redirectErrorStream(true)
                            .start();
            String classes =
                    new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(classes)
                    .contains("dev.penstock.proxy.exchange.Exchange/")
                    .doesNotContain("io.opentelemetry.")
                    .doesNotContain("dev.penstock.app.tracing.")
                    .doesNotContain("dev.penstock.proxy.trace.LoopTracer");
        }
    }

    @Test
    void eachTryIsASpanAndAnIngressChoosesForItself() throws Exception {
        write(
                "half.yaml",
                Manifests.service("half", nobody)
                        + Manifests.service("half", backend.getAddress().getPort())
                                .replace("half-1", "half-2")
                                .replaceFirst("(?s)apiVersion: v1.*?---\n", ""));
        write("retry.yaml", Manifests.ingress("retry", "retry.example.com", "half", "{}"));
        write(
                "off.yaml",
                Manifests.ingress(
                        "off",
                        "off.example.com",
                        "web",
                        "{nginx.ingress.kubernetes.io/enable-opentelemetry: \"false\"}"));
        write(
                "doubt.yaml",
                Manifests.ingress(
                        "doubt",
                        "doubt.example.com",
                        "web",
                        "{nginx.ingress.kubernetes.io/opentelemetry-trust-incoming-span:"
                                + " \"false\"}"));
        String parent = "00-" + TRACE + "-" + SPAN + "-01";
        try (OtlpReceiver collector = new OtlpReceiver();
                PenstockProcess penstock =
                        PenstockProcess.serve(
                                directory,
                                "--tracing-endpoint",
                                collector.url(),
                                "--event-loops",
                                "1")) {
            get(penstock, "off.example.com", "/off", "traceparent", parent);
            assertThat(parents.get("/off")).isEqualTo(parent);

            get(penstock, "doubt.example.com", "/doubt", "traceparent", parent);
            Span doubt = awaitSpan(collector, at("/doubt"));
            assertThat(hex(doubt.getTraceId())).isNotEqualTo(TRACE);
            assertThat(doubt.getParentSpanId()).isEqualTo(ByteString.EMPTY);

            // Endpoints take turns on an event loop: one of two meets the one that nobody is at.
            assertThat(get(penstock, "retry.example.com", "/r1")).isEqualTo(200);
            assertThat(get(penstock, "retry.example.com", "/r2")).isEqualTo(200);
            awaitSpan(collector, at("/r1"));
            awaitSpan(collector, at("/r2"));
            Span retried =
                    collector.spans().stream()
                            .filter(at("/r1").or(at("/r2")))
                            .filter(span -> children(collector, span).size() == 2)
                            .findFirst()
                            .orElseThrow();
            List<Span> tries = children(collector, retried);
            assertThat(attributes(tries.get(0).getAttributesList()))
                    .containsEntry("error.type", "connect_refused")
                    .containsEntry("server.port", (long) nobody);
            assertThat(tries.get(0).getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
            assertThat(attributes(tries.get(1).getAttributesList()))
                    .containsEntry("http.request.resend_count", 1L)
                    .containsEntry("http.response.status_code", 200L);
            assertThat(retried.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
            assertThat(collector.spans()).noneMatch(at("/off"));
        }
    }
}
