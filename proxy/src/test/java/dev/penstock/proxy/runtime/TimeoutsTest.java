package dev.penstock.proxy.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.model.http.RoutePolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class TimeoutsTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: " + ProxyFixture.HOST + "\r\n\r\n";
    private static final Duration LONG = Duration.ofSeconds(30);

    private static long millisSince(long start) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    private static Origin silent(String beginning) {
        return new Origin((self, connection) -> {
            self.request(connection);
            connection.send(beginning);
            connection.head();
        });
    }

    @Test
    void anEndpointThatDoesNotAnswerInTimeIs504() throws Exception {
        RoutePolicy policy = ProxyFixture.timeouts(LONG, Duration.ofMillis(300), LONG);
        try (Origin origin = silent("");
                ProxyFixture proxy = new ProxyFixture().simple(policy, origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            long start = System.nanoTime();
            assertThat(client.send(GET).response().status()).isEqualTo(504);
            assertThat(millisSince(start)).isBetween(250L, 3_000L);
        }
    }

    @Test
    void anAnswerThatStopsHalfwayIsBrokenOff() throws Exception {
        RoutePolicy policy = ProxyFixture.timeouts(LONG, LONG, Duration.ofMillis(300));
        try (Origin origin = silent("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
                ProxyFixture proxy = new ProxyFixture().simple(policy, origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            client.send(GET);
            assertThat(client.head()).startsWith("HTTP/1.1 200");
            assertThat(client.in().readAllBytes()).hasSize(5);
        }
    }

    @Test
    void aSlowAnswerThatKeepsComingIsNotBrokenOff() throws Exception {
        RoutePolicy policy = ProxyFixture.timeouts(LONG, LONG, Duration.ofSeconds(1));
        try (Origin origin =
                        new Origin((self, connection) -> {
                            self.request(connection);
                            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n");
                            for (int i = 0; i < 20; i++) {
                                LockSupport.parkNanos(100_000_000L);
                                connection.send("x");
                            }
                        });
                ProxyFixture proxy = new ProxyFixture().simple(policy, origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            assertThat(client.send(GET).response().body()).hasSize(20);
        }
    }

    @Test
    void aRequestBodyThatStopsHalfwayIs408() throws Exception {
        RoutePolicy policy = ProxyFixture.timeouts(LONG, LONG, Duration.ofMillis(300));
        try (Origin origin = Origin.answering("");
                ProxyFixture proxy = new ProxyFixture().simple(policy, origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            client.send(
                    "POST / HTTP/1.1\r\nHost: "
                            + ProxyFixture.HOST
                            + "\r\nContent-Length: 10\r\n\r\nhello");
            assertThat(client.response().status()).isEqualTo(408);
        }
    }

    @Test
    void anEndpointThatNeitherAcceptsNorRefusesIs504() throws Exception {
        RoutePolicy policy = ProxyFixture.timeouts(Duration.ofMillis(200), LONG, LONG);
        List<Socket> fill = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            fillBacklog(full, fill);
            InetSocketAddress address = (InetSocketAddress) full.getLocalSocketAddress();
            try (ProxyFixture proxy = new ProxyFixture().simple(policy, address);
                    RawConnection client = RawConnection.to(proxy.httpPort())) {
                assertThat(client.send(GET).response().status()).isEqualTo(504);
            }
        } finally {
            for (Socket socket : fill) {
                socket.close();
            }
        }
    }

    private static void fillBacklog(ServerSocket full, List<Socket> fill) {
        for (int i = 0; i < 16; i++) {
            Socket socket = new Socket();
            fill.add(socket);
            try {
                socket.connect(full.getLocalSocketAddress(), 100);
            } catch (IOException _) {
                return;
            }
        }
    }

    private static boolean isClosed(RawConnection connection) throws IOException {
        try {
            return connection.in().read() < 0;
        } catch (SocketException _) {
            // Reset, so that nobody takes it for the end of what the endpoint had to say.
            return true;
        }
    }

    @Test
    void aTunnelWithoutTrafficIsClosed() throws Exception {
        RoutePolicy policy = ProxyFixture.timeouts(LONG, LONG, Duration.ofMillis(300));
        CountDownLatch closed = new CountDownLatch(1);
        try (Origin origin =
                        new Origin((self, connection) -> {
                            self.request(connection);
                            connection.send(UpgradeTest.SWITCHING);
                            if (connection.in().read() < 0) {
                                closed.countDown();
                            }
                        });
                ProxyFixture proxy = new ProxyFixture().simple(policy, origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            client.send(UpgradeTest.UPGRADE);
            assertThat(client.head()).startsWith("HTTP/1.1 101");
            assertThat(isClosed(client)).isTrue();
            assertThat(closed.await(2, TimeUnit.SECONDS)).isTrue();
        }
    }
}
