package dev.penstock.proxy.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.l4.L4Settings;
import dev.penstock.proxy.listener.BindException;
import dev.penstock.proxy.listener.ConnectionLimits;
import dev.penstock.proxy.listener.ListenerSettings;
import dev.penstock.proxy.transport.TransportKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ListenersTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: " + ProxyFixture.HOST + "\r\n\r\n";

    @ParameterizedTest
    @EnumSource(TransportKind.class)
    void everyTransportThatWorksHereServes(TransportKind kind) throws Exception {
        try (Origin origin = Origin.answering("hello");
                ProxyFixture proxy =
                        new ProxyFixture(settings -> settings.withTransport(kind, 2))
                                .simple(origin.address())) {
            assertThat(proxy.server().transport()).isEqualTo(kind);
            for (int i = 0; i < 8; i++) {
                try (RawConnection client = RawConnection.to(proxy.httpPort())) {
                    assertThat(client.send(GET).response().body()).isEqualTo("hello");
                    assertThat(client.send(GET).response().body()).isEqualTo("hello");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TransportKind.class)
    void onceAPortAcceptsConnectionsItGoesOnDoingSo(TransportKind kind) throws Exception {
        int port = freePort();
        ProxyServer server = server(kind, port);
        AtomicBoolean started = new AtomicBoolean();
        CompletableFuture<List<Boolean>> attempts =
                CompletableFuture.supplyAsync(() -> connectUntil(started, port));
        server.start();
        try {
            started.set(true);
            assertThat(attempts.get(30, TimeUnit.SECONDS))
                    .isSortedAccordingTo(Comparator.naturalOrder())
                    .endsWith(true);
        } finally {
            server.shutdown(Duration.ZERO, Duration.ZERO).get(30, TimeUnit.SECONDS);
        }
    }

    /** Whether each attempt to connect succeeded, until one after the start has. */
    private static List<Boolean> connectUntil(AtomicBoolean started, int port) {
        List<Boolean> attempts = new ArrayList<>();
        boolean last;
        do {
            last = started.get();
            attempts.add(connects(port));
        } while (!last);
        return attempts;
    }

    private static boolean connects(int port) {
        try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** One that no client gets, which could reach itself there. */
    private static int freePort() throws IOException {
        for (int port = 20_000; ; port++) {
            try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (java.net.BindException e) {
                // The next one.
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TransportKind.class)
    void aPortInUseIsToldInOneLine(TransportKind kind) throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertInUse(kind, other.getLocalPort());
        }
    }

    @ParameterizedTest
    @EnumSource(TransportKind.class)
    void aPortOfAnotherProxyIsInUseToo(TransportKind kind) throws Exception {
        try (ProxyFixture proxy = new ProxyFixture(s -> s.withTransport(kind, 2))) {
            assertInUse(kind, proxy.httpPort());
        }
    }

    private static void assertInUse(TransportKind kind, int port) throws Exception {
        assertThatThrownBy(server(kind, port)::start)
                .isInstanceOf(BindException.class)
                .hasMessageContaining("127.0.0.1:" + port)
                .hasMessageContaining("in use");
    }

    private static ProxyServer server(TransportKind kind, int port) throws Exception {
        ListenerSettings listener =
                new ListenerSettings(
                        "http",
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        false);
        return new ProxyServer(
                ProxySettings.of(List.of(listener), L4Settings.forManifests())
                        .withTransport(kind, 1));
    }

    @Test
    void connectionsBeyondTheLimitAreClosed() throws Exception {
        try (ProxyFixture proxy =
                        new ProxyFixture(settings ->
                                settings.withConnections(
                                        new ConnectionLimits(1, 128, Duration.ofSeconds(5))));
                RawConnection first = RawConnection.to(proxy.httpPort())) {
            assertThat(first.send(GET).response().status()).isEqualTo(404);
            try (RawConnection second = RawConnection.to(proxy.httpPort())) {
                assertThat(second.head()).isNull();
            }
            assertThat(first.send(GET).response().status()).isEqualTo(404);
        }
    }
}
