package dev.penstock.app.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AdminServerTest {

    private static final HttpClient client = HttpClient.newHttpClient();

    @SuppressWarnings("NullAway.Init") // set before each test
    private static AdminServer server;

    @BeforeAll
    static void start() throws IOException {
        server =
                AdminServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Map.of(
                                "/loggers", new LoggersPage(),
                                "/livez", query -> AdminAnswer.text(200, "ok"),
                                "/echo",
                                        query ->
                                                AdminAnswer.text(
                                                        200,
                                                        query.first("a") + " " + query.all("b")),
                                "/broken",
                                        query -> {
                                            throw new IllegalStateException("secret detail");
                                        }));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void servesAPage() throws Exception {
        HttpResponse<String> answer = send("GET", "/livez");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("ok\n");
    }

    @Test
    void answersHeadWithoutABody() throws Exception {
        HttpResponse<String> answer = send("HEAD", "/livez");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-length")).hasValue("3");
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void decodesTheQuery() throws Exception {
        HttpResponse<String> answer = send("GET", "/echo?a=1%20%26&b=2&b=%C3%BC&&c");
        assertThat(answer.body()).isEqualTo("1 & [2, ü]\n");
    }

    @Test
    void refusesABrokenQuery() throws Exception {
        try (RawRequest request = new RawRequest(server.address())) {
            assertThat(request.send("GET /echo?a=%zz HTTP/1.1\r\nHost: x\r\n\r\n"))
                    .startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void knowsNoOtherPath() throws Exception {
        assertThat(send("GET", "/").statusCode()).isEqualTo(404);
        assertThat(send("GET", "/livez/x").statusCode()).isEqualTo(404);
        assertThat(send("GET", "/livezx").statusCode()).isEqualTo(404);
    }

    @Test
    void allowsNoOtherMethod() throws Exception {
        HttpResponse<String> answer = send("POST", "/livez");
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("allow")).hasValue("GET, HEAD");
    }

    @Test
    void takesChangesWhereAPageDoes() throws Exception {
        HttpResponse<String> changed =
                send("PUT", "/loggers?name=dev.penstock.app.admin&level=debug");
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(changed.body()).contains("\"dev.penstock.app.admin\":\"debug\"");
        assertThat(send("GET", "/loggers?name=dev.penstock.app.admin.LoggersPage").body())
                .isEqualTo("{\"dev.penstock.app.admin.LoggersPage\":\"debug\"}");
        assertThat(send("PUT", "/loggers?level=info").body())
                .doesNotContain("dev.penstock.app.admin");
        assertThat(send("GET", "/loggers?name=no.such").statusCode()).isEqualTo(404);
        assertThat(send("PUT", "/loggers").statusCode()).isEqualTo(400);
        assertThat(send("PUT", "/loggers?level=loud").body()).contains("expected: error");
        assertThat(send("PUT", "/livez").statusCode()).isEqualTo(405);
        HttpResponse<String> posted = send("POST", "/loggers?level=debug");
        assertThat(posted.statusCode()).isEqualTo(405);
        assertThat(posted.headers().firstValue("allow")).hasValue("GET, HEAD, PUT");
    }

    @Test
    void aPageInABrowserCannotChangeAnything() throws Exception {
        try (RawRequest request = new RawRequest(server.address())) {
            assertThat(
                            request.send(
                                    "PUT /loggers?level=debug HTTP/1.1\r\nHost: x\r\nOrigin:"
                                            + " http://x\r\nContent-Length: 0\r\n\r\n"))
                    .startsWith("HTTP/1.1 403 ");
        }
    }

    @Test
    void onlyProgramsOfThisMachineCanChangeAnything() {
        assertThat(AdminServer.mayChange(InetAddress.ofLiteral("127.0.0.1"), null)).isTrue();
        assertThat(AdminServer.mayChange(InetAddress.ofLiteral("::1"), null)).isTrue();
        assertThat(AdminServer.mayChange(InetAddress.ofLiteral("192.0.2.7"), null)).isFalse();
        assertThat(AdminServer.mayChange(InetAddress.ofLiteral("::1"), "http://x")).isFalse();
    }

    @Test
    void tellsNothingOfWhatBroke() throws Exception {
        HttpResponse<String> answer = send("GET", "/broken");
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).doesNotContain("secret detail");
    }

    private static HttpResponse<String> send(String method, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
        return client.send(
                HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody()).build(),
                BodyHandlers.ofString());
    }
}
