package dev.penstock.proxy.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // lines end with CRLF
class UpgradeTest {

    static final String UPGRADE =
            "GET /ws HTTP/1.1\r\nHost: "
                    + ProxyFixture.HOST
                    + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + "Sec-WebSocket-Version: 13\r\n\r\n";
    static final String SWITCHING =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    @Test
    void aWebSocketIsATunnelBothWays() throws Exception {
        try (Origin origin =
                        new Origin((self, connection) -> {
                            String head = connection.head();
                            assertThat(head).containsIgnoringCase("upgrade: websocket");
                            connection.send(SWITCHING + "early");
                            connection.in().transferTo(connection.out());
                        });
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            client.send(UPGRADE);
            assertThat(client.head()).startsWith("HTTP/1.1 101").containsIgnoringCase("websocket");
            assertThat(client.text(5)).isEqualTo("early");
            for (int i = 0; i < 100; i++) {
                client.send("ping" + i);
                assertThat(client.text(("ping" + i).length())).isEqualTo("ping" + i);
            }
            byte[] big = "0123456789".repeat(100_000).getBytes(StandardCharsets.US_ASCII);
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            client.out().write(big);
                            client.out().flush();
                        } catch (IOException _) {
                            // Seen by what is read back.
                        }
                    });
            assertThat(client.bytes(big.length)).isEqualTo(big);
        }
    }

    @Test
    void eachDirectionOfATunnelEndsByItself() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (Origin origin =
                        new Origin((self, connection) -> {
                            connection.head();
                            connection.send(SWITCHING);
                            connection.in().readAllBytes();
                            ended.countDown();
                            connection.send("last words");
                        });
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            client.send(UPGRADE);
            client.head();
            client.socket().shutdownOutput();
            assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(client.rest()).isEqualTo("last words");
        }
    }

    @Test
    void otherUpgradesAreServedAsPlainRequests() throws Exception {
        try (Origin origin = Origin.answering("plain");
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            for (String protocol : new String[] {"h2c", "foo", "websocket, h2c"}) {
                client.send(UPGRADE.replace("Upgrade: websocket", "Upgrade: " + protocol));
                assertThat(client.response().body()).isEqualTo("plain");
            }
            assertThat(origin.heads)
                    .allSatisfy(head -> assertThat(head).doesNotContainIgnoringCase("upgrade"));
        }
    }

    @Test
    void anEndpointThatSwitchesUnaskedIs502() throws Exception {
        try (Origin origin =
                        new Origin((self, connection) -> {
                            self.request(connection);
                            connection.send(SWITCHING);
                            connection.head();
                        });
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            client.send("GET / HTTP/1.1\r\nHost: " + ProxyFixture.HOST + "\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(502);
        }
    }

    @Test
    void connectIsRefused() throws Exception {
        try (Origin origin = Origin.answering("no");
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            client.send(
                    "CONNECT "
                            + ProxyFixture.HOST
                            + ":80 HTTP/1.1\r\nHost: "
                            + ProxyFixture.HOST
                            + ":80\r\n\r\n");
            assertThat(client.response().status()).isBetween(400, 501);
            assertThat(origin.heads).isEmpty();
        }
    }
}
