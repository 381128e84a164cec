package dev.penstock.proxy.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proxy.address.CidrSet;
import dev.penstock.proxy.listener.ConnectionLimits;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

class ProxyProtocolTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: " + ProxyFixture.HOST + "\r\n\r\n";
    private static final String HEADER = "PROXY TCP4 203.0.113.9 192.0.2.1 4711 443\r\n";

    private static ProxyFixture trusting(String cidr) {
        return new ProxyFixture(settings ->
                settings.withTrustedProxies(CidrSet.parse(List.of(cidr)), true)
                        .withConnections(new ConnectionLimits(1000, 128, Duration.ofMillis(300))));
    }

    @Test
    void aHeaderOfVersionOneNamesTheClient() throws Exception {
        try (Origin origin = Origin.answering("hello");
                ProxyFixture proxy = trusting("127.0.0.1").simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            assertThat(client.send(HEADER + GET).response().body()).isEqualTo("hello");
            assertThat(RawConnection.header(origin.heads.getFirst(), "x-real-ip"))
                    .isEqualTo("203.0.113.9");
        }
    }

    @Test
    void aClientBehindAProxyHeaderMaySpeakOnlyForItself() throws Exception {
        try (Origin origin = Origin.answering("hello");
                ProxyFixture proxy = trusting("127.0.0.1").simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            String spoofed = GET.replace("Host:", "X-Forwarded-For: 198.51.100.5\r\nHost:");
            client.send(HEADER + spoofed).response();
            assertThat(RawConnection.header(origin.heads.getFirst(), "x-forwarded-for"))
                    .isEqualTo("203.0.113.9");
            assertThat(RawConnection.header(origin.heads.getFirst(), "x-real-ip"))
                    .isEqualTo("203.0.113.9");
        }
    }

    @Test
    void aHeaderOfVersionTwoNamesTheClientBehindTls() throws Exception {
        byte[] signature = {13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10};
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.write(signature);
        header.write(new byte[] {0x21, 0x11, 0, 12});
        header.write(new byte[] {(byte) 203, 0, 113, 10, (byte) 192, 0, 2, 1});
        header.write(new byte[] {0x12, 0x34, 1, (byte) 0xbb});
        try (Origin origin = Origin.answering("hello");
                ProxyFixture proxy = trusting("127.0.0.0/8").simple(origin.address());
                RawConnection plain = RawConnection.to(proxy.httpsPort())) {
            plain.out().write(header.toByteArray());
            plain.out().flush();
            try (SSLSocket socket =
                    (SSLSocket)
                            TestTls.trustingContext()
                                    .getSocketFactory()
                                    .createSocket(
                                            plain.socket(),
                                            ProxyFixture.HOST,
                                            proxy.httpsPort(),
                                            true)) {
                RawConnection client = new RawConnection(socket);
                assertThat(client.send(GET).response().body()).isEqualTo("hello");
                assertThat(RawConnection.header(origin.heads.getFirst(), "x-forwarded-for"))
                        .isEqualTo("203.0.113.10");
            }
        }
    }

    @Test
    void aTrustedPeerWithoutAHeaderIsClosed() throws Exception {
        try (Origin origin = Origin.answering("hello");
                ProxyFixture proxy = trusting("127.0.0.1").simple(origin.address())) {
            try (RawConnection client = RawConnection.to(proxy.httpPort())) {
                assertThat(client.send(GET).head()).isNull();
            }
            try (RawConnection client = RawConnection.to(proxy.httpPort())) {
                assertThat(client.send("PROXY TCP4 203.0").head()).isNull();
            }
            assertThat(origin.heads).isEmpty();
        }
    }

    @Test
    void anUntrustedPeersHeaderIsABadRequest() throws Exception {
        try (Origin origin = Origin.answering("hello");
                ProxyFixture proxy = trusting("10.0.0.0/8").simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            assertThat(client.send(HEADER + GET).response().status()).isEqualTo(400);
            assertThat(origin.heads).isEmpty();
        }
    }
}
