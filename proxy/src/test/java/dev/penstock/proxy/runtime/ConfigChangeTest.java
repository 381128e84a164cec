package dev.penstock.proxy.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.penstock.model.config.Configuration;
import dev.penstock.proxy.runtime.RawConnection.Response;
import dev.penstock.routing.RouteTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConfigChangeTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: " + ProxyFixture.HOST + "\r\n\r\n";

    @Test
    void aThousandChangesUnderLoadFailNoRequestAndCloseNoConnection() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger answered = new AtomicInteger();
        List<String> failures = Collections.synchronizedList(new ArrayList<>());
        try (Origin a = Origin.answering("a");
                Origin b = Origin.answering("b");
                ProxyFixture proxy = new ProxyFixture().simple(a.address())) {
            Configuration toA = proxy.configuration();
            proxy.service("other", b.address()).route(ProxyFixture.HOST, "/", "other");
            Configuration toB = proxy.configuration();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                clients.add(
                        Thread.ofVirtual()
                                .start(() -> hammer(proxy.httpPort(), stop, answered, failures)));
            }
            for (int i = 0; i < 1_000; i++) {
                proxy.server().apply(i % 2 == 0 ? toB : toA);
            }
            await().until(() -> answered.get() > 500);
            stop.set(true);
            for (Thread client : clients) {
                client.join();
            }
            assertThat(failures).isEmpty();
            assertThat(proxy.server().config().generation()).isEqualTo(1_001);
        }
    }

    private static void hammer(
            int port, AtomicBoolean stop, AtomicInteger answered, List<String> failures) {
        try (RawConnection client = RawConnection.to(port)) {
            while (!stop.get()) {
                Response response = client.send(GET).response();
                answered.incrementAndGet();
                if (response.status() != 200) {
                    failures.add(response.head());
                }
            }
        } catch (IOException e) {
            failures.add(e.toString());
        }
    }

    @Test
    void aChangeIsSeenByTheNextRequestOfAnOpenConnection() throws Exception {
        try (Origin a = Origin.answering("a");
                Origin b = Origin.answering("b");
                ProxyFixture proxy = new ProxyFixture().simple(a.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            proxy.service("other", b.address());
            for (int i = 0; i < 20; i++) {
                proxy.route(ProxyFixture.HOST, "/", i % 2 == 0 ? "other" : "app").apply();
                assertThat(client.send(GET).response().body()).isEqualTo(i % 2 == 0 ? "b" : "a");
            }
        }
    }

    @Test
    void aChangeOfEndpointsTouchesNoRoute() throws Exception {
        try (Origin a = Origin.answering("a");
                Origin b = Origin.answering("b");
                ProxyFixture proxy = new ProxyFixture().simple(a.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            Configuration before = proxy.configuration();
            RouteTable<?> routes = proxy.server().config().routes();
            Configuration after =
                    new Configuration(
                            before.http(),
                            before.tls(),
                            proxy.service("app", b.address()).configuration().services(),
                            List.of());
            proxy.server().apply(before);
            proxy.server().apply(after);
            assertThat(client.send(GET).response().body()).isEqualTo("b");
            assertThat(routes).isNotNull();
        }
    }

    @Test
    void aRequestInFlightKeepsTheRouteItBeganWith() throws Exception {
        try (Origin slow =
                        new Origin((self, connection) -> {
                            connection.head();
                            self.heads.add("seen");
                            self.bodies.add(connection.text(10));
                            connection.send(Origin.ok("old"));
                        });
                ProxyFixture proxy = new ProxyFixture().simple(slow.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            client.send(
                    "POST / HTTP/1.1\r\nHost: "
                            + ProxyFixture.HOST
                            + "\r\nContent-Length: 10\r\n\r\nhello");
            await().until(() -> !slow.heads.isEmpty());
            proxy.removeHost(ProxyFixture.HOST).removeService("app").apply();
            client.send("world");
            assertThat(client.response().body()).isEqualTo("old");
            assertThat(client.send(GET).response().status()).isEqualTo(404);
        }
    }
}
