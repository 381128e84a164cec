package dev.penstock.proxy.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proxy.address.CidrSet;
import java.util.List;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // lines end with CRLF
class ForwardedHeadersTest {

    private static final String CLAIMS =
            "X-Forwarded-For: 203.0.113.7, 198.51.100.1\r\n"
                    + "X-Forwarded-Proto: https\r\n"
                    + "X-Forwarded-Host: outer.example.com\r\n"
                    + "X-Forwarded-Port: 444\r\n"
                    + "X-Real-IP: 192.0.2.66\r\n"
                    + "Forwarded: for=192.0.2.66\r\n"
                    + "x_forwarded_for: 192.0.2.67\r\n"
                    + "Proxy: evil\r\n";

    private static String headAtOrigin(ProxyFixture proxy, Origin origin, String fields)
            throws Exception {
        proxy.simple(origin.address());
        try (RawConnection client = RawConnection.to(proxy.httpPort())) {
            client.send("GET / HTTP/1.1\r\nHost: " + ProxyFixture.HOST + "\r\n" + fields + "\r\n")
                    .response();
        }
        return origin.heads.getFirst();
    }

    private static ProxyFixture trusting() {
        return new ProxyFixture(settings ->
                settings.withTrustedProxies(
                        CidrSet.parse(List.of("127.0.0.0/8", "198.51.100.0/24")), false));
    }

    @Test
    void theEndpointIsToldWhoTheClientIs() throws Exception {
        try (Origin origin = Origin.answering("");
                ProxyFixture proxy = new ProxyFixture()) {
            String head = headAtOrigin(proxy, origin, "");

            assertThat(RawConnection.header(head, "host")).isEqualTo(ProxyFixture.HOST);
            assertThat(RawConnection.header(head, "x-forwarded-for")).isEqualTo("127.0.0.1");
            assertThat(RawConnection.header(head, "x-real-ip")).isEqualTo("127.0.0.1");
            assertThat(RawConnection.header(head, "x-forwarded-proto")).isEqualTo("http");
            assertThat(RawConnection.header(head, "x-forwarded-scheme")).isEqualTo("http");
            assertThat(RawConnection.header(head, "x-scheme")).isEqualTo("http");
            assertThat(RawConnection.header(head, "x-forwarded-host")).isEqualTo(ProxyFixture.HOST);
            assertThat(RawConnection.header(head, "x-forwarded-port")).isEqualTo("80");
            assertThat(RawConnection.header(head, "x-request-id")).matches("[0-9a-f]{32}");
        }
    }

    @Test
    void whatAnUntrustedClientSaysAboutItselfIsDropped() throws Exception {
        try (Origin origin = Origin.answering("");
                ProxyFixture proxy = new ProxyFixture()) {
            String head = headAtOrigin(proxy, origin, CLAIMS);

            assertThat(RawConnection.header(head, "x-forwarded-for")).isEqualTo("127.0.0.1");
            assertThat(RawConnection.header(head, "x-forwarded-proto")).isEqualTo("http");
            assertThat(RawConnection.header(head, "x-real-ip")).isEqualTo("127.0.0.1");
            assertThat(head).doesNotContain("203.0.113.7", "192.0.2", "444", "outer", "evil");
        }
    }

    @Test
    void aTrustedProxysHeadersAreKeptAndItsAddressIsAppended() throws Exception {
        try (Origin origin = Origin.answering("");
                ProxyFixture proxy = trusting()) {
            String head = headAtOrigin(proxy, origin, CLAIMS);

            assertThat(RawConnection.header(head, "x-forwarded-for"))
                    .isEqualTo("203.0.113.7, 198.51.100.1, 127.0.0.1");
            assertThat(RawConnection.header(head, "x-real-ip")).isEqualTo("203.0.113.7");
            assertThat(RawConnection.header(head, "x-forwarded-proto")).isEqualTo("https");
            assertThat(RawConnection.header(head, "x-forwarded-host"))
                    .isEqualTo("outer.example.com");
            assertThat(RawConnection.header(head, "x-forwarded-port")).isEqualTo("444");
            assertThat(head).doesNotContain("evil", "192.0.2.67");
        }
    }

    @Test
    void aRequestIdIsKeptOnlyIfItIsAPlainToken() throws Exception {
        try (Origin origin = Origin.answering("");
                ProxyFixture proxy = new ProxyFixture()) {
            headAtOrigin(proxy, origin, "X-Request-ID: abc-123\r\n");
            headAtOrigin(proxy, origin, "X-Request-ID: a b\r\n");
            headAtOrigin(proxy, origin, "X-Request-ID: " + "a".repeat(129) + "\r\n");

            assertThat(RawConnection.header(origin.heads.get(0), "x-request-id"))
                    .isEqualTo("abc-123");
            assertThat(RawConnection.header(origin.heads.get(1), "x-request-id"))
                    .matches("[0-9a-f]{32}");
            assertThat(RawConnection.header(origin.heads.get(2), "x-request-id"))
                    .matches("[0-9a-f]{32}");
        }
    }

    @Test
    void aHostWithTlsIsRedirectedButForAcmeChallengesAndTrustedHttps() throws Exception {
        try (Origin origin = Origin.answering("ok");
                ProxyFixture proxy = trusting()) {
            proxy.service("app", origin.address())
                    .route(ProxyFixture.HOST, "/", "app")
                    .tlsHost(ProxyFixture.HOST)
                    .apply();
            try (RawConnection client = RawConnection.to(proxy.httpPort())) {
                String get = "GET /a%20b/?q=1 HTTP/1.1\r\nHost: " + ProxyFixture.HOST;
                RawConnection.Response redirect = client.send(get + "\r\n\r\n").response();
                assertThat(redirect.status()).isEqualTo(308);
                assertThat(redirect.header("location"))
                        .isEqualTo("https://shop.example.com/a%20b/?q=1");

                assertThat(client.send(get + ":8080\r\n\r\n").response().header("location"))
                        .isEqualTo("https://shop.example.com:" + proxy.httpsPort() + "/a%20b/?q=1");

                assertThat(
                                client.send(get + "\r\nX-Forwarded-Proto: https\r\n\r\n")
                                        .response()
                                        .status())
                        .isEqualTo(200);
                assertThat(
                                client.send(
                                                "GET /.well-known/acme-challenge/t HTTP/1.1\r\nHost: "
                                                        + ProxyFixture.HOST
                                                        + "\r\n\r\n")
                                        .response()
                                        .status())
                        .isEqualTo(200);
            }
        }
    }
}
