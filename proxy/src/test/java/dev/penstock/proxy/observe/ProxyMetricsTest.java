package dev.penstock.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ProxyMetricsTest {

    private static final RouteLabels SHOP = new RouteLabels("default", "shop", "cart");
    private static final RouteLabels BLOG = new RouteLabels("default", "blog", "blog");
    private static final String SHOP_TEXT =
            "ingress=\"shop\",namespace=\"default\",service=\"cart\"";

    private final ProxyMetrics metrics = new ProxyMetrics(2);

    @Test
    void countsByIngressServiceStatusClassAndMethod() throws IOException {
        RouteMetrics series = metrics.series(SHOP);
        answer(0, series, "GET", 200);
        answer(0, series, "GET", 204);
        answer(0, series, "POST", 503);
        answer(0, series, "PROPFIND", 0);
        assertThat(scrape())
                .contains(
                        "penstock_http_requests_total{code=\"2xx\",ingress=\"shop\",method=\"GET\",namespace=\"default\",service=\"cart\"}"
                                + " 2.0",
                        "penstock_http_requests_total{code=\"5xx\",ingress=\"shop\",method=\"POST\",namespace=\"default\",service=\"cart\"}"
                                + " 1.0",
                        "penstock_http_requests_total{code=\"none\",ingress=\"shop\",method=\"OTHER\",namespace=\"default\",service=\"cart\"}"
                                + " 1.0");
    }

    @Test
    void putsTheLoopsTogether() throws IOException {
        RouteMetrics series = metrics.series(SHOP);
        answer(0, series, "GET", 200);
        answer(1, series, "GET", 200);
        ListenerMetrics https = metrics.listener("https");
        https.accepted(metrics.loop(0));
        https.accepted(metrics.loop(1));
        https.closed(metrics.loop(1));
        for (int i = 0; i < 2; i++) {
            metrics.loop(i).upstreamOpened();
            metrics.loop(i).refused("bad-target");
        }
        metrics.loop(1).upstreamClosed();
        metrics.loop(1).upstreamFailed();
        metrics.loop(1).handshakeEnded(true);
        metrics.loop(0).handshakeEnded(false);
        assertThat(scrape())
                .contains(
                        "penstock_http_requests_total{code=\"2xx\",ingress=\"shop\",method=\"GET\",namespace=\"default\",service=\"cart\"}"
                                + " 2.0",
                        "penstock_connections_accepted_total{listener=\"https\"} 2.0",
                        "penstock_connections{listener=\"https\"} 1.0",
                        "penstock_upstream_connections 1.0",
                        "penstock_upstream_connections_opened_total 2.0",
                        "penstock_upstream_connections_failed_total 1.0",
                        "penstock_tls_handshakes_total{result=\"success\"} 1.0",
                        "penstock_tls_handshakes_total{result=\"failure\"} 1.0",
                        "penstock_http_refused_total{reason=\"bad-target\"} 2.0");
        assertThat(metrics.connectionsOpen()).isEqualTo(1);
    }

    @Test
    void measuresDurationsAndBytes() throws IOException {
        metrics.loop(0).exchangeEnded(Exchanges.whole(), metrics.series(SHOP));
        assertThat(scrape())
                .contains(
                        bucket("penstock_http_request_duration_seconds", "0.002") + " 0",
                        bucket("penstock_http_request_duration_seconds", "0.004") + " 1",
                        bucket("penstock_http_request_duration_seconds", "+Inf") + " 1",
                        "penstock_http_request_duration_seconds_sum{" + SHOP_TEXT + "} 0.00321",
                        "penstock_http_request_duration_seconds_count{" + SHOP_TEXT + "} 1",
                        bucket("penstock_upstream_response_duration_seconds", "0.002") + " 0",
                        bucket("penstock_upstream_response_duration_seconds", "0.004") + " 1",
                        "penstock_http_request_body_bytes_total{" + SHOP_TEXT + "} 5.0",
                        "penstock_http_response_body_bytes_total{" + SHOP_TEXT + "} 123.0");
    }

    @Test
    void anExchangeWithoutAnEndpointHasNoUpstreamDuration() throws IOException {
        answer(0, metrics.unrouted(), "GET", 404);
        assertThat(scrape())
                .contains(
                        "penstock_upstream_response_duration_seconds_count{ingress=\"\",namespace=\"\",service=\"\"}"
                                + " 0");
    }

    @Test
    void knowsWhatIsInFlight() throws IOException {
        metrics.loop(0).exchangeStarted();
        metrics.loop(1).exchangeStarted();
        metrics.loop(1).exchangeEnded(Exchanges.whole(), metrics.series(SHOP));
        assertThat(metrics.exchangesInFlight()).isEqualTo(1);
        assertThat(scrape()).contains("penstock_http_requests_in_flight 1.0");
    }

    @Test
    void countsRetriesAndErrors() throws IOException {
        ExchangeRecord exchange = Exchanges.whole();
        exchange.retried();
        exchange.retried();
        exchange.error("UPSTREAM_RESET");
        metrics.loop(0).exchangeEnded(exchange, metrics.series(SHOP));
        assertThat(scrape())
                .contains(
                        "penstock_upstream_retries_total 2.0",
                        "penstock_http_errors_total{error=\"UPSTREAM_RESET\"} 1.0");
    }

    @Test
    void seriesGoWithTheirObjectsAndNoOthersWithThem() throws IOException {
        answer(0, metrics.series(SHOP), "GET", 200);
        RouteMetrics blog = metrics.series(BLOG);
        answer(0, blog, "GET", 200);
        answer(0, metrics.unrouted(), "GET", 404);
        metrics.forget(Set.of(SHOP));
        assertThat(scrape())
                .noneMatch(line -> line.contains("shop"))
                .anyMatch(line -> line.contains("blog"))
                .anyMatch(line -> line.contains("code=\"4xx\",ingress=\"\""));
        answer(0, blog, "GET", 200);
        assertThat(metrics.series(BLOG)).isSameAs(blog);
        assertThat(scrape())
                .contains(
                        "penstock_http_requests_total{code=\"2xx\",ingress=\"blog\",method=\"GET\",namespace=\"default\",service=\"blog\"}"
                                + " 2.0");
    }

    @Test
    void seriesThatComeBackStartAnew() throws IOException {
        answer(0, metrics.series(SHOP), "GET", 200);
        metrics.forget(Set.of(SHOP));
        answer(0, metrics.series(SHOP), "GET", 200);
        assertThat(scrape())
                .contains(
                        "penstock_http_requests_total{code=\"2xx\",ingress=\"shop\",method=\"GET\",namespace=\"default\",service=\"cart\"}"
                                + " 1.0");
    }

    @Test
    void madeUpNamesAreBounded() throws IOException {
        for (int i = 0; i < 1_000; i++) {
            metrics.loop(0).refused("reason-" + i);
        }
        List<String> lines =
                scrape().stream().filter(l -> l.startsWith("penstock_http_refused")).toList();
        assertThat(lines).hasSizeBetween(2, 65);
        double sum =
                lines.stream()
                        .mapToDouble(l -> Double.parseDouble(l.substring(l.indexOf(' '))))
                        .sum();
        assertThat(sum).isEqualTo(1_000);
    }

    @Test
    void nothingIsLostWhileSomebodyReads() throws Exception {
        int each = 200_000;
        RouteMetrics series = metrics.series(SHOP);
        CountDownLatch done = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            int loop = i;
            Thread.ofPlatform()
                    .start(() -> {
                        ExchangeRecord exchange = Exchanges.whole();
                        for (int n = 0; n < each; n++) {
                            metrics.loop(loop).exchangeStarted();
                            metrics.loop(loop).exchangeEnded(exchange, series);
                        }
                        done.countDown();
                    });
        }
        while (done.getCount() > 0) {
            scrape();
        }
        done.await();
        assertThat(metrics.exchangesInFlight()).isZero();
        assertThat(scrape())
                .contains(
                        "penstock_http_response_body_bytes_total{"
                                + SHOP_TEXT
                                + "} "
                                + 2.0 * each * 123);
    }

    private void answer(int loop, RouteMetrics series, String method, int status) {
        ExchangeRecord exchange = Exchanges.request(method, "/", "x");
        exchange.status(status);
        metrics.loop(loop).exchangeEnded(exchange, series);
    }

    private static String bucket(String name, String bound) {
        return name + "_bucket{" + SHOP_TEXT + ",le=\"" + bound + "\"}";
    }

    private List<String> scrape() throws IOException {
        PrometheusRegistry registry = new PrometheusRegistry();
        registry.register(metrics);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create()
                .write(out, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
        return Arrays.asList(out.toString(StandardCharsets.UTF_8).split("\n", -1));
    }
}
