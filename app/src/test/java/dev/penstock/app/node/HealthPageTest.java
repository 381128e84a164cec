package dev.penstock.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.app.admin.AdminServer;
import dev.penstock.l4.sync.SyncState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthPageTest {

    private static final HttpClient client = HttpClient.newHttpClient();
    private static final Duration PERIOD = Duration.ofSeconds(30);
    private static final Instant APPLIED = Instant.parse("2026-01-01T00:00:00Z");

    private volatile SyncState state = new SyncState(null, null, null);
    private volatile boolean eligible = true;

    @SuppressWarnings("NullAway.Init") // set before each test
    private AdminServer server;

    @BeforeEach
    void start() throws IOException {
        server =
                AdminServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Map.of(
                                "/healthz", new HealthPage(() -> state, PERIOD, () -> eligible),
                                "/livez", new HealthPage(() -> state, PERIOD, null)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void isUnhealthyBeforeTheFirstSync() throws Exception {
        assertThat(get("/healthz").statusCode()).isEqualTo(503);
        assertThat(get("/livez").statusCode()).isEqualTo(503);
    }

    @Test
    void saysWhenTheRulesWereLastAsWanted() throws Exception {
        applied(null);

        HttpResponse<String> answer = get("/healthz");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .matches(
                        "\\{\"lastUpdated\":\"([^\"]+)\",\"currentTime\":\"\\1\",\"nodeEligible\":true,"
                                + "\"healthy\":true,\"status\":\\{"
                                + "\"IPv4\":\\{\"lastUpdated\":\"2026-01-01T00:00:00Z\","
                                + "\"healthy\":true},"
                                + "\"IPv6\":\\{\"lastUpdated\":\"2026-01-01T00:00:00Z\","
                                + "\"healthy\":true}}}\n");
        assertThat(get("/livez").body()).contains("\"healthy\":true").doesNotContain("Eligible");
    }

    @Test
    void isUnhealthyWhenAChangeWaitsForMoreThanTwoPeriods() throws Exception {
        applied(Duration.ofSeconds(50));
        assertThat(get("/healthz").statusCode()).isEqualTo(200);

        applied(Duration.ofSeconds(60));
        assertThat(get("/healthz").statusCode()).isEqualTo(503);
        assertThat(get("/healthz").body())
                .startsWith("{\"lastUpdated\":\"2026-01-01T00:00:00Z\"")
                .contains("\"healthy\":false");
        assertThat(get("/livez").statusCode()).isEqualTo(503);

        applied(null);
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void aNodeThatIsAboutToGoIsAliveAndTakesNoNewConnections() throws Exception {
        applied(null);
        eligible = false;

        assertThat(get("/healthz").statusCode()).isEqualTo(503);
        assertThat(get("/healthz").body()).contains("\"nodeEligible\":false");
        assertThat(get("/livez").statusCode()).isEqualTo(200);
    }

    private void applied(@Nullable Duration pendingFor) {
        Long since = pendingFor == null ? null : System.nanoTime() - pendingFor.toNanos();
        state = new SyncState(APPLIED, APPLIED, since);
    }

    private HttpResponse<String> get(String path) throws Exception {
        InetSocketAddress address = server.address();
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + path))
                        .build(),
                BodyHandlers.ofString());
    }
}
