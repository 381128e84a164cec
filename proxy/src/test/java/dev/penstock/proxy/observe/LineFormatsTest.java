package dev.penstock.proxy.observe;

import static dev.penstock.proxy.observe.Exchanges.bytes;
import static dev.penstock.proxy.observe.Exchanges.line;
import static dev.penstock.proxy.observe.Exchanges.request;
import static dev.penstock.proxy.observe.Exchanges.whole;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.http.RouteId;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.trace.RequestSpan;
import dev.penstock.proxy.trace.RequestTrace;
import dev.penstock.proxy.trace.SpanSink;
import dev.penstock.proxy.trace.Tracing;
import dev.penstock.proxy.trace.TracingSettings;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LineFormatsTest {

    private static final JsonMapper json = new JsonMapper();

    @Test
    void aTextLineIsTheCombinedFormatAndMore() {
        assertThat(line(new TextLines(), whole()))
                .isEqualTo(
                        "192.0.2.7 - - [23/Nov/2026:06:49:06 +0000] \"GET /cart?id=1 HTTP/1.1\" 200"
                                + " 123 \"-\" \"curl/8.5\" shop.example 0.003210 10.0.0.3:8080"
                                + " 0.002100 0 4f1c default/shop default/cart:80 - -\n");
    }

    @Test
    void whatIsNotKnownIsADash() {
        ExchangeRecord exchange = new ExchangeRecord();
        exchange.started(0, 0);
        assertThat(line(new TextLines(), exchange))
                .isEqualTo(
                        "- - - [01/Jan/1970:00:00:00 +0000] \"- - \" 000 0 \"-\" \"-\" - 0.000000 -"
                                + " - 0 - - - - -\n");
    }

    @Test
    void aJsonLineHoldsAllThatIsKnown() {
        ExchangeRecord exchange = whole();
        exchange.retried();
        exchange.error("UPSTREAM_RESET");
        assertThat(line(new JsonLines(), exchange))
                .isEqualTo(
                        "{\"time\":\"2026-11-23T06:49:06.123Z\",\"client\":\"192.0.2.7\","
                                + "\"method\":\"GET\",\"host\":\"shop.example\","
                                + "\"path\":\"/cart?id=1\",\"protocol\":\"HTTP/1.1\",\"tls\":true,"
                                + "\"status\":200,\"bytes_in\":5,\"bytes_out\":123,"
                                + "\"duration\":0.003210,\"ingress\":\"default/shop\",\"rule\":0,"
                                + "\"rule_path\":2,\"service\":\"default/cart:80\","
                                + "\"upstream\":\"10.0.0.3:8080\",\"upstream_duration\":0.002100,"
                                + "\"retries\":1,\"request_id\":\"4f1c\","
                                + "\"error\":\"UPSTREAM_RESET\",\"user_agent\":\"curl/8.5\"}\n");
    }

    @Test
    void aCombinedLineIsWhatApacheAndNginxWrite() {
        assertThat(line(new PatternLines(PatternLines.COMBINED), whole()))
                .isEqualTo(
                        "192.0.2.7 - - [23/Nov/2026:06:49:06 +0000] \"GET /cart?id=1 HTTP/1.1\" 200"
                                + " 123 \"-\" \"curl/8.5\"\n");
    }

    @Test
    void aPatternHasVariablesAndAnyOtherText() {
        ExchangeRecord exchange = whole();
        exchange.error("upstream_lost");
        exchange.retried();
        assertThat(
                        line(
                                new PatternLines(
                                        "${scheme}://$host$request_uri $$ é $time_iso8601 $msec"
                                                + " $request_time $upstream_addr"
                                                + " $upstream_header_time $upstream_retries"
                                                + " $req_id $namespace $ingress_name"
                                                + " $service_name:$service_port $error"
                                                + " $body_bytes_received $trace_id$span_id"),
                                exchange))
                .isEqualTo(
                        "https://shop.example/cart?id=1 $ Ã© 2026-11-23T06:49:06.123Z"
                                + " 1795416546.123 0.003210 10.0.0.3:8080 0.002100 1 4f1c default"
                                + " shop cart:80 upstream_lost 5 --\n");
    }

    @Test
    void inAPatternASpaceOfAClientIsEscapedUnlessItIsInQuotes() {
        ExchangeRecord exchange = request("GET", "/", "a b\"");
        assertThat(line(new PatternLines("$http_user_agent \"$http_user_agent\""), exchange))
                .isEqualTo("a\\x20b\\x22 \"a b\\x22\"\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"$nothing", "${status", "$", "a $ b", "$Status", "a\nb$status"})
    void whatIsNoPatternIsRefused(String pattern) {
        assertThatThrownBy(() -> new PatternLines(pattern))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTraceIsNamed() {
        try (Tracing tracing =
                Tracing.start(
                        new TracingSettings(NOWHERE, 1, true, true, TracingSettings.INTERVAL), 1)) {
            ExchangeRecord exchange = whole();
            RequestTrace trace =
                    requireNonNull(tracing.loop(0).begin(new MessageHead(), null, null));
            exchange.trace(trace);
            String id = "%016x%016x".formatted(trace.high(), trace.low());
            assertThat(line(new TextLines(), exchange)).endsWith(" " + id + "\n");
            JsonNode node = json.readTree(line(new JsonLines(), exchange));
            assertThat(node.get("trace_id").asString()).isEqualTo(id);
            assertThat(node.get("span_id").asString()).isEqualTo("%016x".formatted(trace.span()));
            assertThat(line(new PatternLines("$trace_id"), exchange)).isEqualTo(id + "\n");
        }
    }

    private static final SpanSink NOWHERE =
            new SpanSink() {
                @Override
                public boolean export(List<RequestSpan> spans) {
                    return true;
                }

                @Override
                public void close() {}
            };

    @Test
    void aRecordThatWasClearedHoldsNothingOfBefore() {
        ExchangeRecord exchange = whole();
        exchange.clear();
        exchange.started(0, 0);
        assertThat(line(new JsonLines(), exchange))
                .isEqualTo(
                        "{\"time\":\"1970-01-01T00:00:00.000Z\",\"tls\":false,\"status\":0,"
                                + "\"bytes_in\":0,\"bytes_out\":0,\"duration\":0.000000,"
                                + "\"retries\":0}\n");
    }

    @Test
    void nobodyCanMakeUpALine() {
        ExchangeRecord exchange =
                request("GET", "/a\"b\\c\r\nd\u007f\u00e9", "x\" 200 0\n192.0.2.9 - -");
        assertThat(line(new TextLines(), exchange))
                .contains(
                        "\"GET /a\\x22b\\x5cc\\x0d\\x0ad\\x7f\\xe9 HTTP/1.1\"",
                        "\"x\\x22 200 0\\x0a192.0.2.9 - -\"")
                .containsOnlyOnce("\n");
        JsonNode node = json.readTree(line(new JsonLines(), exchange));
        assertThat(node.get("path").asString()).isEqualTo("/a\"b\\c\r\nd\u007f\u00e9");
        assertThat(node.get("user_agent").asString()).isEqualTo("x\" 200 0\n192.0.2.9 - -");
    }

    @Test
    void aNameOfAnObjectCannotMakeUpALineEither() {
        ExchangeRecord exchange = whole();
        exchange.route(
                new RouteId(new ObjectRef("Ingress", "a\nb", "c\"d\\\u00ff\u4e00"), -1, -1), null);
        assertThat(line(new TextLines(), exchange)).contains(" a?b/c?d??? - - -\n");
        assertThat(json.readTree(line(new JsonLines(), exchange)).get("ingress").asString())
                .isEqualTo("a?b/c?d???");
    }

    @Test
    void anyBytesMakeOneValidLine() {
        Random random = new Random(7);
        TextLines text = new TextLines();
        JsonLines lines = new JsonLines();
        for (int i = 0; i < 2_000; i++) {
            byte[] path = new byte[random.nextInt(300)];
            byte[] agent = new byte[random.nextInt(300)];
            random.nextBytes(path);
            random.nextBytes(agent);
            ExchangeRecord exchange = request(path, path, agent);
            assertThat(line(text, exchange)).matches("[ -~]+\n");
            String line = line(lines, exchange);
            assertThat(line).matches("[ -~]+\n");
            JsonNode node = json.readTree(line);
            assertThat(bytes(node.path("path").asString(""))).isEqualTo(path);
            assertThat(bytes(node.path("user_agent").asString(""))).isEqualTo(agent);
        }
    }

    @Test
    void longTextsAreCut() {
        String line = line(new TextLines(), request("GET", "/" + "a".repeat(100_000), "x"));
        assertThat(line).contains("/" + "a".repeat(8191) + " HTTP/1.1").hasSizeLessThan(9_000);
    }

    @Test
    void linesMakeNoGarbage() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ExchangeRecord exchange = whole();
        for (LineFormat format :
                new LineFormat[] {
                    new TextLines(), new JsonLines(), new PatternLines(PatternLines.COMBINED)
                }) {
            LineBuffer line = new LineBuffer();
            format.format(exchange, line);
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                line.clear();
                format.format(exchange, line);
            }
            long bytes = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(bytes).as(format.getClass().getSimpleName()).isLessThan(1_000);
        }
    }

    @Test
    void countingMakesNoGarbage() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ProxyMetrics metrics = new ProxyMetrics(1);
        RouteMetrics series = metrics.series(new RouteLabels("a", "b", "c"));
        ExchangeRecord exchange = whole();
        exchange.error("UPSTREAM_RESET");
        LoopMetrics loop = metrics.loop(0);
        loop.exchangeEnded(exchange, series);
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            loop.exchangeStarted();
            loop.exchangeEnded(exchange, series);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1_000);
    }
}
