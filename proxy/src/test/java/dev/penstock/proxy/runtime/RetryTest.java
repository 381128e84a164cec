package dev.penstock.proxy.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.penstock.proxy.runtime.RawConnection.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // lines end with CRLF
class RetryTest {

    private static String request(String method, String body) {
        return method
                + " / HTTP/1.1\r\nHost: "
                + ProxyFixture.HOST
                + "\r\n"
                + (body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n")
                + "\r\n"
                + body;
    }

    /** Answers the first request of each connection and closes when the second one arrives. */
    private static Origin closingOnSecond() {
        return new Origin((self, connection) -> {
            self.request(connection);
            connection.send(Origin.ok("hello"));
            connection.head();
        });
    }

    private static InetSocketAddress nobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }
    }

    @Test
    void anEndpointThatRefusesIsPassedOverForEveryMethod() throws Exception {
        try (Origin origin = Origin.answering("hello");
                ProxyFixture proxy =
                        new ProxyFixture().simple(nobody(), origin.address(), nobody());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            for (int i = 0; i < 10; i++) {
                assertThat(client.send(request("GET", "")).response().status()).isEqualTo(200);
                assertThat(client.send(request("POST", "data")).response().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aKeptConnectionThatIsClosedUnderTheRequestIsReplacedForIdempotentMethods()
            throws Exception {
        try (Origin origin = closingOnSecond();
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            for (int i = 0; i < 50; i++) {
                assertThat(client.send(request("GET", "")).response().status()).isEqualTo(200);
                assertThat(client.send(request("PUT", "data")).response().status()).isEqualTo(200);
                assertThat(client.send(request("DELETE", "")).response().status()).isEqualTo(200);
            }
            assertThat(origin.bodies).hasSize(150);
            assertThat(origin.bodies.stream().filter("data"::equals)).hasSize(50);
        }
    }

    @Test
    void aPostMeetsNoConnectionThatItsEndpointIsClosing() throws Exception {
        Random random = new Random(1);
        try (Origin origin =
                        new Origin((self, connection) -> {
                            self.request(connection);
                            connection.send(Origin.ok("hello"));
                            LockSupport.parkNanos((1 + random.nextInt(30)) * 1_000_000L);
                        });
                ProxyFixture proxy = new ProxyFixture().simple(origin.address())) {
            for (int i = 0; i < 100; i++) {
                try (RawConnection client = RawConnection.to(proxy.httpPort())) {
                    assertThat(client.send(request("POST", "n" + i)).response().status())
                            .isEqualTo(200);
                }
                LockSupport.parkNanos((1 + random.nextInt(30)) * 1_000_000L);
            }
            assertThat(origin.bodies).doesNotHaveDuplicates().hasSize(100);
        }
    }

    @Test
    void aPostThatMayHaveArrivedIsNotSentAgain() throws Exception {
        AtomicInteger posts = new AtomicInteger();
        try (Origin origin =
                        new Origin((self, connection) -> {
                            self.request(connection);
                            posts.incrementAndGet();
                        });
                ProxyFixture proxy = new ProxyFixture().simple(origin.address(), origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            Response response = client.send(request("POST", "data")).response();

            assertThat(response.status()).isEqualTo(502);
            assertThat(posts).hasValue(1);
        }
    }

    @Test
    void anIdempotentRequestGoesToAnotherEndpointWhenOneDies() throws Exception {
        try (Origin dying = new Origin((self, connection) -> self.request(connection));
                Origin origin = Origin.answering("hello");
                ProxyFixture proxy = new ProxyFixture().simple(dying.address(), origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            for (int i = 0; i < 10; i++) {
                assertThat(client.send(request("GET", "")).response().status()).isEqualTo(200);
            }
            assertThat(dying.heads).isNotEmpty();
        }
    }

    @Test
    void anEndpointIsUsedAgainAtOnceWhenItReturns() throws Exception {
        try (ProxyFixture proxy = new ProxyFixture();
                Origin first = Origin.answering("first")) {
            int port = first.port();
            proxy.simple(first.address());
            try (RawConnection client = RawConnection.to(proxy.httpPort())) {
                assertThat(client.send(request("GET", "")).response().status()).isEqualTo(200);
                first.kill();
                long start = System.nanoTime();
                assertThat(client.send(request("GET", "")).response().status()).isEqualTo(502);
                assertThat(System.nanoTime() - start).isLessThan(1_000_000_000L);
                try (Origin second =
                        new Origin(
                                (self, connection) -> {
                                    self.request(connection);
                                    connection.send(Origin.ok("second"));
                                },
                                port)) {
                    assertThat(second.port()).isEqualTo(port);
                    assertThat(client.send(request("GET", "")).response().body())
                            .isEqualTo("second");
                }
            }
        }
    }

    @Test
    void connectionsOfAnEndpointThatIsGoneAreClosed() throws Exception {
        try (Origin a = Origin.answering("a");
                Origin b = Origin.answering("b");
                ProxyFixture proxy = new ProxyFixture().simple(a.address(), b.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            for (int i = 0; i < 4; i++) {
                client.send(request("GET", "")).response();
            }
            assertThat(a.openConnections()).isPositive();

            proxy.service("app", b.address()).apply();

            await().until(() -> a.openConnections() == 0);
            assertThat(client.send(request("GET", "")).response().body()).isEqualTo("b");
        }
    }
}
