package dev.penstock.proxy.runtime;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.penstock.model.http.RoutePolicy;
import dev.penstock.model.http.Toggle;
import dev.penstock.proxy.trace.AttemptSpan;
import dev.penstock.proxy.trace.RequestSpan;
import dev.penstock.proxy.trace.SpanSink;
import dev.penstock.proxy.trace.TracingSettings;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The trace of a request, as the endpoint and the collector see it. */
@SuppressWarnings("StringConcatToTextBlock") // lines end with CRLF
class TraceTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";
    private static final String SAMPLED = "traceparent: 00-" + TRACE + "-" + SPAN + "-01\r\n";

    /** Keeps all spans. */
    private static final class Spans implements SpanSink {
        private final List<RequestSpan> all = new CopyOnWriteArrayList<>();

        @Override
        public boolean export(List<RequestSpan> spans) {
            return all.addAll(spans);
        }

        @Override
        public void close() {}

        RequestSpan only() {
            await().atMost(Duration.ofSeconds(30)).until(() -> !all.isEmpty());
            assertThat(all).hasSize(1);
            return all.getFirst();
        }
    }

    private final Spans spans = new Spans();

    private ProxyFixture proxy(double ratio) {
        return new ProxyFixture(settings ->
                settings.withTracing(
                        new TracingSettings(spans, ratio, true, true, Duration.ofMillis(20))));
    }

    private static RawConnection.Response get(ProxyFixture proxy, String fields)
            throws IOException {
        try (RawConnection client = RawConnection.to(proxy.httpPort())) {
            return client.send(
                            "GET /a?b=c HTTP/1.1\r\nHost: "
                                    + ProxyFixture.HOST
                                    + "\r\n"
                                    + fields
                                    + "\r\n")
                    .response();
        }
    }

    private static @Nullable String parentAt(Origin origin) {
        return RawConnection.header(origin.heads.getLast(), "traceparent");
    }

    private static String hex(long id) {
        return "%016x".formatted(id);
    }

    private static RoutePolicy policy(Toggle tracing, Toggle trust) {
        RoutePolicy d = RoutePolicy.DEFAULT;
        return new RoutePolicy(
                d.sslRedirect(),
                d.backendProtocol(),
                d.loadBalancing(),
                d.connectTimeout(),
                d.responseTimeout(),
                d.idleTimeout(),
                d.maxBodySize(),
                d.serviceUpstream(),
                d.upstreamTlsVerify(),
                d.upgrades(),
                tracing,
                trust);
    }

    private static InetSocketAddress nobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }
    }

    @Test
    void aTraceGoesOnThroughTheProxy() throws Exception {
        try (Origin origin = Origin.answering("hello");
                ProxyFixture proxy = proxy(0).simple(origin.address())) {
            get(proxy, SAMPLED + "tracestate: foo=1\r\nTraceState: bar=2\r\n");

            RequestSpan span = spans.only();
            AttemptSpan attempt = span.attempts().getFirst();
            assertThat(hex(span.trace().high()) + hex(span.trace().low())).isEqualTo(TRACE);
            assertThat(hex(span.trace().parent())).isEqualTo(SPAN);
            assertThat(span.trace().state()).isEqualTo("foo=1,bar=2");
            assertThat(parentAt(origin)).isEqualTo("00-" + TRACE + "-" + hex(attempt.id()) + "-01");
            assertThat(origin.heads.getLast()).contains("foo=1").contains("bar=2");
            assertThat(span.attempts()).hasSize(1);
            assertThat(span.status()).isEqualTo(200);
            assertThat(span.bytesOut()).isEqualTo(5);
            assertThat(span.path()).isEqualTo("/");
            assertThat(span.request().target()).isEqualTo("/a?b=c");
            assertThat(attempt.status()).isEqualTo(200);
            assertThat(attempt.error()).isNull();
            assertThat(attempt.port()).isEqualTo(origin.port());
            assertThat(attempt.startNanos()).isBetween(0L, attempt.endNanos());
            assertThat(attempt.endNanos()).isLessThanOrEqualTo(span.durationNanos());
        }
    }

    @Test
    void aRequestWithoutATraceBeginsOne() throws Exception {
        try (Origin origin = Origin.answering("");
                ProxyFixture proxy = proxy(1).simple(origin.address())) {
            get(proxy, "tracestate: foo=1\r\n");

            RequestSpan span = spans.only();
            assertThat(span.trace().parent()).isZero();
            assertThat(parentAt(origin))
                    .isEqualTo(
                            "00-"
                                    + hex(span.trace().high())
                                    + hex(span.trace().low())
                                    + "-"
                                    + hex(span.attempts().getFirst().id())
                                    + "-01");
            assertThat(origin.heads.getLast()).doesNotContain("tracestate");
        }
    }

    @Test
    void aTraceThatIsNotRecordedStaysSo() throws Exception {
        try (Origin origin = Origin.answering("");
                ProxyFixture proxy = proxy(1).simple(origin.address())) {
            String parent = "00-" + TRACE + "-" + SPAN + "-00";
            get(proxy, "traceparent: " + parent + "\r\ntracestate: foo=1\r\n");
            assertThat(parentAt(origin)).isEqualTo(parent);
            assertThat(origin.heads.getLast()).contains("tracestate: foo=1");

            get(proxy, "");
            assertThat(spans.only().trace().parent()).isZero();
        }
    }

    @Test
    void aContextThatIsInvalidOrThereTwiceIsNotFollowed() throws Exception {
        for (String fields :
                List.of(
                        "traceparent: 00-" + TRACE + "-0000000000000000-01\r\n",
                        SAMPLED + SAMPLED,
                        "traceparent: \r\n")) {
            spans.all.clear();
            try (Origin origin = Origin.answering("");
                    ProxyFixture proxy = proxy(1).simple(origin.address())) {
                get(proxy, fields + "tracestate: foo=1\r\n");
                assertThat(spans.only().trace().parent()).isZero();
                assertThat(origin.heads.getLast())
                        .doesNotContain(TRACE)
                        .doesNotContain("tracestate")
                        .containsOnlyOnce("traceparent");
            }
        }
    }

    @Test
    void aMalformedStateIsDroppedAndTheTraceGoesOn() throws Exception {
        try (Origin origin = Origin.answering("");
                ProxyFixture proxy = proxy(1).simple(origin.address())) {
            get(proxy, SAMPLED + "tracestate: foo=1,foo=2\r\n");
            assertThat(hex(spans.only().trace().parent())).isEqualTo(SPAN);
            assertThat(origin.heads.getLast()).doesNotContain("tracestate");
        }
    }

    @Test
    void everyTryHasASpanOfItsOwn() throws Exception {
        try (Origin origin = Origin.answering("");
                ProxyFixture proxy = proxy(1).simple(nobody(), origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            // Endpoints take turns on an event loop: one of two requests meets nobody first.
            String get = "GET / HTTP/1.1\r\nHost: " + ProxyFixture.HOST + "\r\n\r\n";
            assertThat(client.send(get).response().status()).isEqualTo(200);
            assertThat(client.send(get).response().status()).isEqualTo(200);
            await().atMost(Duration.ofSeconds(30)).until(() -> spans.all.size() == 2);
            RequestSpan retried =
                    spans.all.stream()
                            .filter(s -> s.attempts().size() == 2)
                            .findFirst()
                            .orElseThrow();
            AttemptSpan first = retried.attempts().get(0);
            AttemptSpan second = retried.attempts().get(1);
            assertThat(first.error()).isEqualTo("connect_refused");
            assertThat(first.status()).isZero();
            assertThat(first.resends()).isZero();
            assertThat(second.resends()).isEqualTo(1);
            assertThat(second.status()).isEqualTo(200);
            assertThat(second.startNanos()).isGreaterThanOrEqualTo(first.endNanos());
            assertThat(origin.heads).anyMatch(head -> head.contains(hex(second.id())));
        }
    }

    @Test
    void anAnswerThatIsBrokenOffIsAnErrorOfTheTryAndTheRequest() throws Exception {
        try (Origin origin =
                        new Origin((self, connection) -> {
                            self.request(connection);
                            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                        });
                ProxyFixture proxy = proxy(1).simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            client.send("GET / HTTP/1.1\r\nHost: " + ProxyFixture.HOST + "\r\n\r\n").rest();
            RequestSpan span = spans.only();
            assertThat(span.error()).isEqualTo("upstream_lost");
            assertThat(span.attempts())
                    .singleElement()
                    .satisfies(attempt -> {
                        assertThat(attempt.error()).isEqualTo("upstream_lost");
                        assertThat(attempt.status()).isEqualTo(200);
                    });
        }
    }

    @Test
    void aDurationOfTheHistogramNamesATraceThatShowsIt() throws Exception {
        try (Origin origin = Origin.answering("");
                ProxyFixture proxy = proxy(0).simple(origin.address())) {
            get(proxy, "");
            await().atMost(Duration.ofSeconds(30))
                    .ignoreException(NoSuchElementException.class)
                    .until(() -> durations(proxy).getCount() == 1);
            assertThat(durations(proxy).getExemplars().size()).isZero();
            get(proxy, SAMPLED);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> durations(proxy).getExemplars().size() == 1);
            Exemplar exemplar = requireNonNull(durations(proxy).getExemplars().getLatest());
            assertThat(exemplar.getLabels().get("trace_id")).isEqualTo(TRACE);
            assertThat(exemplar.getLabels().get("span_id"))
                    .isEqualTo(hex(spans.only().trace().span()));
            assertThat(exemplar.getValue()).isPositive();
            assertThat(exemplar.hasTimestamp()).isTrue();
        }
    }

    private static HistogramDataPointSnapshot durations(ProxyFixture proxy) {
        return proxy.server().metrics().collect().stream()
                .filter(metric ->
                        metric.getMetadata()
                                .getName()
                                .equals("penstock_http_request_duration_seconds"))
                .flatMap(metric -> ((HistogramSnapshot) metric).getDataPoints().stream())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatNoRouteTakesIsTracedToo() throws Exception {
        try (ProxyFixture proxy = proxy(1).apply()) {
            assertThat(get(proxy, SAMPLED).status()).isEqualTo(404);
            RequestSpan span = spans.only();
            assertThat(span.error()).isEqualTo("no_route");
            assertThat(span.status()).isEqualTo(404);
            assertThat(span.path()).isNull();
            assertThat(span.attempts()).isEmpty();
            assertThat(hex(span.trace().parent())).isEqualTo(SPAN);
        }
    }

    @Test
    void aRouteCanBeLeftOutOrTakenIn() throws Exception {
        try (Origin origin = Origin.answering("");
                ProxyFixture every = proxy(1)) {
            every.simple(policy(Toggle.OFF, Toggle.UNSET), origin.address());
            get(every, SAMPLED);
            assertThat(parentAt(origin)).isEqualTo("00-" + TRACE + "-" + SPAN + "-01");
        }
        assertThat(spans.all).isEmpty();
        try (Origin origin = Origin.answering("");
                ProxyFixture some =
                        new ProxyFixture(settings ->
                                settings.withTracing(
                                        new TracingSettings(
                                                spans, 1, false, true, Duration.ofMillis(20))))) {
            some.simple(origin.address());
            get(some, "");
            assertThat(parentAt(origin)).isNull();
            some.simple(policy(Toggle.ON, Toggle.UNSET), origin.address());
            get(some, "");
            assertThat(parentAt(origin)).isNotNull();
            assertThat(spans.only().status()).isEqualTo(200);
        }
    }

    @Test
    void aRouteThatDoesNotTrustTheClientBeginsATraceOfItsOwn() throws Exception {
        try (Origin origin = Origin.answering("");
                ProxyFixture proxy = proxy(1)) {
            proxy.simple(policy(Toggle.UNSET, Toggle.OFF), origin.address());
            get(proxy, SAMPLED + "tracestate: foo=1\r\n");
            assertThat(spans.only().trace().parent()).isZero();
            assertThat(origin.heads.getLast()).doesNotContain(TRACE).doesNotContain("tracestate");
        }
    }

    @Test
    void withoutTracingAContextPassesThroughUnchanged() throws Exception {
        try (Origin origin = Origin.answering("");
                ProxyFixture proxy = new ProxyFixture().simple(origin.address())) {
            get(proxy, "traceparent: whatever\r\ntracestate: x\r\n");
            assertThat(parentAt(origin)).isEqualTo("whatever");
            assertThat(origin.heads.getLast()).contains("tracestate: x");
            get(proxy, "");
            assertThat(parentAt(origin)).isNull();
        }
    }
}
