package dev.penstock.proxy.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.model.http.BackendProtocol;
import dev.penstock.model.http.RoutePolicy;
import dev.penstock.proxy.runtime.RawConnection.Response;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

class TlsTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: " + ProxyFixture.HOST + "\r\n\r\n";

    private static String subject(SSLSocket socket) throws Exception {
        X509Certificate leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
        return leaf.getSubjectX500Principal().getName();
    }

    @Test
    void theServerNameChoosesTheCertificateAndTheHostTheRoute() throws Exception {
        try (Origin origin = Origin.answering("hello");
                ProxyFixture proxy = new ProxyFixture()) {
            proxy.tls(TestTls.config(ProxyFixture.HOST, "other.example.com"))
                    .simple(origin.address());
            try (SSLSocket socket =
                    TestTls.connect(proxy.httpsPort(), "other.example.com", "http/1.1")) {
                assertThat(subject(socket)).contains("other.example.com");
                RawConnection client = new RawConnection(socket);
                for (int i = 0; i < 3; i++) {
                    assertThat(client.send(GET).response().body()).isEqualTo("hello");
                }
                assertThat(RawConnection.header(origin.heads.getFirst(), "x-forwarded-proto"))
                        .isEqualTo("https");
                assertThat(RawConnection.header(origin.heads.getFirst(), "x-forwarded-port"))
                        .isEqualTo("443");
            }
        }
    }

    @Test
    void anUnknownServerNameGetsTheCertificateMadeAtStart() throws Exception {
        try (ProxyFixture proxy = new ProxyFixture();
                SSLSocket socket = TestTls.connect(proxy.httpsPort(), "nobody.example.com")) {
            assertThat(subject(socket)).contains("default");
        }
    }

    @Test
    void anotherCertificateTouchesNoOpenConnection() throws Exception {
        try (Origin origin = Origin.answering("hello");
                ProxyFixture proxy = new ProxyFixture()) {
            proxy.tls(TestTls.config(ProxyFixture.HOST)).simple(origin.address());
            try (SSLSocket first = TestTls.connect(proxy.httpsPort(), ProxyFixture.HOST)) {
                RawConnection client = new RawConnection(first);
                client.send(GET).response();
                proxy.tls(TestTls.config(ProxyFixture.HOST)).apply();
                assertThat(client.send(GET).response().body()).isEqualTo("hello");
                try (SSLSocket second = TestTls.connect(proxy.httpsPort(), ProxyFixture.HOST)) {
                    assertThat(second.getSession().getPeerCertificates()[0])
                            .isNotEqualTo(first.getSession().getPeerCertificates()[0]);
                }
            }
        }
    }

    @Test
    void endpointsAreSpokenToInTls() throws Exception {
        try (Origin origin =
                        new Origin(
                                (self, connection) -> {
                                    while (self.request(connection) != null) {
                                        connection.send(Origin.ok("secret"));
                                    }
                                },
                                TestTls.listen("app.default.svc"));
                ProxyFixture proxy =
                        new ProxyFixture()
                                .simple(
                                        ProxyFixture.protocol(BackendProtocol.HTTPS),
                                        origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.send(GET).response().body()).isEqualTo("secret");
            }
            assertThat(origin.connections).hasValue(1);
        }
    }

    @Test
    void anEndpointsCertificateThatNobodyTrustsIs502WhereItIsVerified() throws Exception {
        RoutePolicy d = RoutePolicy.DEFAULT;
        RoutePolicy verifying =
                new RoutePolicy(
                        d.sslRedirect(),
                        BackendProtocol.HTTPS,
                        d.loadBalancing(),
                        d.connectTimeout(),
                        d.responseTimeout(),
                        d.idleTimeout(),
                        0,
                        false,
                        true,
                        false,
                        d.tracing(),
                        d.trustIncomingSpan());
        try (Origin origin =
                        new Origin(
                                (self, connection) -> self.request(connection),
                                TestTls.listen("app.default.svc"));
                ProxyFixture proxy = new ProxyFixture().simple(verifying, origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            Response response = client.send(GET).response();
            assertThat(response.status()).isEqualTo(502);
            assertThat(origin.heads).isEmpty();
        }
    }

    @Test
    void anEndpointThatSpeaksNoTlsIs502() throws Exception {
        RoutePolicy d = RoutePolicy.DEFAULT;
        RoutePolicy impatient =
                new RoutePolicy(
                        d.sslRedirect(),
                        BackendProtocol.HTTPS,
                        d.loadBalancing(),
                        Duration.ofMillis(500),
                        d.responseTimeout(),
                        d.idleTimeout(),
                        0,
                        false,
                        false,
                        false,
                        d.tracing(),
                        d.trustIncomingSpan());
        try (Origin origin = Origin.answering("plain");
                ProxyFixture proxy = new ProxyFixture().simple(impatient, origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            assertThat(client.send(GET).response().status()).isIn(502, 504);
        }
    }
}
