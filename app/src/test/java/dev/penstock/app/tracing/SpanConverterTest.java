package dev.penstock.app.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.model.ObjectRef;
import dev.penstock.model.http.RouteId;
import dev.penstock.model.service.ServicePortRef;
import dev.penstock.proxy.trace.AttemptSpan;
import dev.penstock.proxy.trace.RequestSpan;
import dev.penstock.proxy.trace.RequestSpan.Request;
import dev.penstock.proxy.trace.RequestSpan.Trace;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Names and values by OpenTelemetry's semantic conventions for HTTP. */
class SpanConverterTest {

    private static final long START = 1_795_416_546_000_000_000L;

    private static Request request(String method, String authority, String target) {
        return new Request(
                method, true, authority, target, "HTTP/2.0", "curl/8.5", "192.0.2.7", "4f1c");
    }

    private static RequestSpan span(
            Request request, int status, @Nullable String error, AttemptSpan... attempts) {
        return new RequestSpan(
                new Trace(0x0af7651916cd43ddL, 1, 0xb7, 0xa1, "foo=1,bar=2", START),
                request,
                new RouteId(new ObjectRef("Ingress", "shop", "web"), 0, 0),
                "/cart",
                ServicePortRef.parse("shop/cart:80"),
                status,
                error,
                3,
                5,
                1_000,
                List.of(attempts));
    }

    private static AttemptSpan attempt(int resends, int status, @Nullable String error) {
        return new AttemptSpan(0xc1, 100, 900, "10.0.0.3", 8080, true, resends, status, error);
    }

    private static List<SpanData> convert(RequestSpan span) {
        List<SpanData> to = new ArrayList<>();
        new SpanConverter(Map.of("service.name", "penstock")).convert(span, to);
        return to;
    }

    private static Map<String, Object> attributes(SpanData span) {
        Map<String, Object> map = new TreeMap<>();
        span.getAttributes()
                .forEach((AttributeKey<?> key, Object value) -> map.put(key.getKey(), value));
        return map;
    }

    private static List<SpanData> whole() {
        List<SpanData> spans =
                convert(
                        span(
                                request("GET", "shop.example:8443", "/cart?id=1&sig=secret"),
                                200,
                                null,
                                attempt(0, 200, null)));
        assertThat(spans).hasSize(2);
        return spans;
    }

    @Test
    void aRequestIsAServerSpan() {
        SpanData server = whole().get(0);
        assertThat(server.getName()).isEqualTo("GET /cart");
        assertThat(server.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(server.getTraceId()).isEqualTo("0af7651916cd43dd0000000000000001");
        assertThat(server.getParentSpanId()).isEqualTo("00000000000000a1");
        assertThat(server.getParentSpanContext().isRemote()).isTrue();
        assertThat(server.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(server.getSpanContext().getTraceState().asMap())
                .containsExactly(Map.entry("foo", "1"), Map.entry("bar", "2"));
        assertThat(server.getStartEpochNanos()).isEqualTo(START);
        assertThat(server.getEndEpochNanos()).isEqualTo(START + 1_000);
        assertThat(attributes(server))
                .isEqualTo(
                        Map.ofEntries(
                                Map.entry("http.request.method", "GET"),
                                Map.entry("url.scheme", "https"),
                                Map.entry("url.path", "/cart"),
                                Map.entry("url.query", "id=1&sig=REDACTED"),
                                Map.entry("http.route", "/cart"),
                                Map.entry("server.address", "shop.example"),
                                Map.entry("server.port", 8443L),
                                Map.entry("client.address", "192.0.2.7"),
                                Map.entry("network.protocol.name", "http"),
                                Map.entry("network.protocol.version", "2"),
                                Map.entry("user_agent.original", "curl/8.5"),
                                Map.entry("http.response.status_code", 200L),
                                Map.entry("http.request.body.size", 3L),
                                Map.entry("http.response.body.size", 5L),
                                Map.entry("penstock.ingress", "shop/web"),
                                Map.entry("penstock.service", "shop/cart:80"),
                                Map.entry("penstock.request_id", "4f1c")));
    }

    @Test
    void aTryIsAClientSpanBelowTheRequest() {
        SpanData server = whole().get(0);
        SpanData client = whole().get(1);
        assertThat(client.getName()).isEqualTo("GET");
        assertThat(client.getKind()).isEqualTo(SpanKind.CLIENT);
        assertThat(client.getTraceId()).isEqualTo(server.getTraceId());
        assertThat(client.getSpanId()).isEqualTo("00000000000000c1");
        assertThat(client.getParentSpanId()).isEqualTo(server.getSpanId());
        assertThat(client.getStartEpochNanos()).isEqualTo(START + 100);
        assertThat(client.getEndEpochNanos()).isEqualTo(START + 900);
        assertThat(attributes(client))
                .isEqualTo(
                        Map.ofEntries(
                                Map.entry("http.request.method", "GET"),
                                Map.entry("server.address", "10.0.0.3"),
                                Map.entry("server.port", 8080L),
                                Map.entry("network.peer.address", "10.0.0.3"),
                                Map.entry("network.peer.port", 8080L),
                                Map.entry(
                                        "url.full",
                                        "https://shop.example:8443/cart?id=1&sig=REDACTED"),
                                Map.entry("http.response.status_code", 200L),
                                Map.entry("penstock.ingress", "shop/web"),
                                Map.entry("penstock.service", "shop/cart:80")));
    }

    @Test
    void aServersFaultIsAnErrorOfBothSpans() {
        List<SpanData> spans =
                convert(span(request("GET", "a", "/"), 503, null, attempt(1, 503, null)));
        for (SpanData span : spans) {
            assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(attributes(span)).containsEntry("error.type", "503");
        }
        assertThat(attributes(spans.get(1))).containsEntry("http.request.resend_count", 1L);
    }

    @Test
    void aClientsFaultIsAnErrorOfTheClientSpanOnly() {
        List<SpanData> spans =
                convert(span(request("GET", "a", "/"), 404, null, attempt(0, 404, null)));
        assertThat(spans.get(0).getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(attributes(spans.get(0))).doesNotContainKey("error.type");
        assertThat(spans.get(1).getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    }

    @Test
    void aTryThatFailedSaysWhy() {
        SpanData client =
                convert(
                                span(
                                        request("GET", "a", "/"),
                                        502,
                                        "connect_refused",
                                        attempt(0, 0, "connect_refused")))
                        .get(1);
        assertThat(client.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(attributes(client))
                .containsEntry("error.type", "connect_refused")
                .doesNotContainKey("http.response.status_code");
    }

    @Test
    void anAnswerThatWasBrokenOffIsAnError() {
        SpanData server = convert(span(request("GET", "a", "/"), 200, "upstream_lost")).get(0);
        assertThat(server.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(attributes(server))
                .containsEntry("error.type", "upstream_lost")
                .containsEntry("http.response.status_code", 200L);
    }

    @Test
    void aStatusThatNobodyWasSentIsNotSaid() {
        SpanData server = convert(span(request("GET", "a", "/"), 499, "client_gone")).get(0);
        assertThat(server.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(attributes(server)).doesNotContainKey("http.response.status_code");
    }

    @Test
    void nobodyCanMakeUpMethodsAndNames() {
        SpanData server = convert(span(request("BREW", "a", "/"), 200, null)).get(0);
        assertThat(server.getName()).isEqualTo("HTTP /cart");
        assertThat(attributes(server))
                .containsEntry("http.request.method", "_OTHER")
                .containsEntry("http.request.method_original", "BREW");
    }

    @Test
    void addressesMayBeOfIpv6() {
        assertThat(
                        attributes(
                                convert(span(request("GET", "[2001:db8::1]", "/"), 200, null))
                                        .get(0)))
                .containsEntry("server.address", "[2001:db8::1]")
                .containsEntry("server.port", 443L);
        assertThat(
                        attributes(
                                convert(span(request("GET", "[2001:db8::1]:81", "/"), 200, null))
                                        .get(0)))
                .containsEntry("server.address", "[2001:db8::1]")
                .containsEntry("server.port", 81L);
    }

    @Test
    void signaturesAreTakenOutOfUrls() {
        assertThat(Redaction.target("/a?x=1&Signature=abc&sig=d&AWSAccessKeyId=e&y"))
                .isEqualTo("/a?x=1&Signature=REDACTED&sig=REDACTED&AWSAccessKeyId=REDACTED&y");
        assertThat(Redaction.target("/sig=1")).isEqualTo("/sig=1");
    }

    @Test
    void theProcessSaysWhoItIs() {
        SpanData server = convert(span(request("GET", "a", "/"), 200, null)).get(0);
        assertThat(server.getResource().getAttributes().asMap())
                .containsEntry(AttributeKey.stringKey("service.name"), "penstock");
    }
}
