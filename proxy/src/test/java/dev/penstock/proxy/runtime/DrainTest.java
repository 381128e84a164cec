package dev.penstock.proxy.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.penstock.proxy.runtime.RawConnection.Response;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DrainTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: " + ProxyFixture.HOST + "\r\n\r\n";

    @Test
    void whatIsInFlightIsFinishedAndIdleConnectionsAreClosedAtOnce() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        try (Origin origin =
                        new Origin((self, connection) -> {
                            for (String head = self.request(connection);
                                    head != null;
                                    head = self.request(connection)) {
                                if (head.contains("/slow")) {
                                    awaitQuietly(answer);
                                }
                                connection.send(Origin.ok("hello"));
                            }
                        });
                ProxyFixture proxy = oneLoop().simple(origin.address());
                RawConnection idle = RawConnection.to(proxy.httpPort());
                RawConnection busy = RawConnection.to(proxy.httpPort())) {
            idle.send(GET).response();
            busy.send(GET.replace("GET /", "GET /slow"));
            await().until(() -> origin.heads.size() == 2);

            CompletableFuture<Void> done =
                    proxy.server().shutdown(Duration.ZERO, Duration.ofSeconds(20));

            assertThat(idle.head()).isNull();
            assertThat(done).isNotDone();
            answer.countDown();
            Response response = busy.response();
            assertThat(response.body()).isEqualTo("hello");
            assertThat(response.header("connection")).isEqualTo("close");
            busy.socket().close();
            done.get(30, TimeUnit.SECONDS);
        }
    }

    /** Once one of its connections is drained, all are. */
    private static ProxyFixture oneLoop() {
        return new ProxyFixture(settings -> settings.withTransport(null, 1));
    }

    @Test
    void duringTheDelayRequestsAreServedAndConnectionsAskedToEnd() throws Exception {
        try (Origin origin = Origin.answering("hello");
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                RawConnection old = RawConnection.to(proxy.httpPort())) {
            int port = proxy.httpPort();
            old.send(GET).response();
            CompletableFuture<Void> done =
                    proxy.server().shutdown(Duration.ofSeconds(1), Duration.ofSeconds(5));
            try (RawConnection fresh = RawConnection.to(port)) {
                assertThat(fresh.send(GET).response().status()).isEqualTo(200);
            }
            Response last = old.send(GET).response();
            assertThat(last.status()).isEqualTo(200);
            done.get(30, TimeUnit.SECONDS);
            assertThatThrownBy(() -> RawConnection.to(port)).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void whatDoesNotEndIsClosedAfterTheGrace() throws Exception {
        try (Origin origin =
                        new Origin((self, connection) -> {
                            self.request(connection);
                            connection.head();
                        });
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            client.send(GET);
            await().until(() -> origin.heads.size() == 1);
            long start = System.nanoTime();
            proxy.server()
                    .shutdown(Duration.ZERO, Duration.ofMillis(300))
                    .get(30, TimeUnit.SECONDS);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(300));
        }
    }

    @Test
    void underLoadNothingThatWasAcceptedIsDropped() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        List<String> failures = new ArrayList<>();
        try (Origin origin = Origin.answering("hello");
                ProxyFixture proxy = new ProxyFixture().simple(origin.address())) {
            int port = proxy.httpPort();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                clients.add(Thread.ofVirtual().start(() -> hammer(port, answered, failures)));
            }
            await().until(() -> answered.get() > 200);
            proxy.server()
                    .shutdown(Duration.ofMillis(300), Duration.ofSeconds(5))
                    .get(30, TimeUnit.SECONDS);
            for (Thread client : clients) {
                client.join();
            }
            assertThat(failures).isEmpty();
        }
    }

    /** Sends requests, on another connection whenever one is to end, until nobody listens. */
    private static void hammer(int port, AtomicInteger answered, List<String> failures) {
        while (true) {
            try (RawConnection client = RawConnection.to(port)) {
                boolean more = true;
                boolean first = true;
                while (more) {
                    Response response;
                    try {
                        response = client.send(GET).response();
                    } catch (EOFException | SocketException e) {
                        if (first) {
                            throw e;
                        }
                        // An idle connection may end at any time; its client tries another.
                        break;
                    }
                    first = false;
                    answered.incrementAndGet();
                    more = !"close".equals(response.header("connection"));
                    if (response.status() != 200) {
                        synchronized (failures) {
                            failures.add(response.head());
                        }
                    }
                }
            } catch (ConnectException _) {
                return;
            } catch (IOException e) {
                synchronized (failures) {
                    failures.add(e.toString());
                }
                return;
            }
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
