package dev.penstock.l4.userspace;

import static dev.penstock.l4.userspace.TestPlans.destination;
import static dev.penstock.l4.userspace.TestPlans.plan;
import static dev.penstock.l4.userspace.TestPlans.service;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.TrafficPolicy;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopbackNodePortsTest {

    private static final NodeFacts ASKED =
            new NodeFacts(List.of(), List.of(), false, true, List.of());

    private final LoopbackNodePorts ports = new LoopbackNodePorts(UserspaceSettings.of(true));

    @AfterEach
    void close() {
        ports.close();
    }

    private static ServerSocket listener() throws IOException {
        return new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = listener()) {
            return socket.getLocalPort();
        }
    }

    private static TestPlans.Draft web(int nodePort) {
        return service("web", Protocol.TCP, "10.96.0.1").nodePort(nodePort);
    }

    private static String answer(String address, int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), 5_000);
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    @Test
    void servesNodePortsOnBothLoopbackAddresses() throws Exception {
        int port = freePort();
        try (Backend four = Backend.saying("4");
                Backend six = Backend.saying("6", "::1")) {
            VirtualService web4 =
                    web(port)
                            .external(TrafficPolicy.LOCAL)
                            .to(destination(four.address(), false, 1));
            VirtualService web6 =
                    service("web", Protocol.TCP, "fd00::1").nodePort(port).to(six.address());
            assertThat(ports.apply(plan(ASKED, web4, web6))).isEmpty();
            assertThat(answer("127.0.0.1", port)).isEqualTo("4");
            assertThat(answer("::1", port)).isEqualTo("6");
            ports.apply(plan(web4, web6)); // no longer asked for
            assertThatExceptionOfType(ConnectException.class)
                    .isThrownBy(() -> answer("127.0.0.1", port));
        }
    }

    @Test
    void saysWhichPortIsTakenAndServesItOnceItIsFree() throws Exception {
        ServerSocket other = listener();
        try (Backend backend = Backend.saying("a")) {
            int taken = other.getLocalPort();
            int free = freePort();
            VirtualService first = web(taken).to(backend.address());
            VirtualService second =
                    service("second", Protocol.TCP, "10.96.0.2")
                            .nodePort(free)
                            .to(backend.address());
            assertThat(ports.apply(plan(ASKED, first, second)))
                    .containsOnlyKeys(first.id())
                    .extractingByKey(first.id())
                    .asString()
                    .contains("cannot listen on 127.0.0.1:" + taken)
                    .contains("Address already in use");
            assertThat(answer("127.0.0.1", free)).isEqualTo("a");
            other.close();
            assertThat(ports.apply(plan(ASKED, first, second))).isEmpty();
            assertThat(answer("127.0.0.1", taken)).isEqualTo("a");
        } finally {
            other.close();
        }
    }

    @Test
    void letsServicesExchangeTheirPorts() throws Exception {
        int one = freePort();
        try (Backend a = Backend.saying("a");
                Backend b = Backend.saying("b")) {
            TestPlans.Draft other = service("other", Protocol.TCP, "10.96.0.2");
            VirtualService mine = other.nodePort(one).to(b.address());
            for (int i = 0; i < 50; i++) {
                assertThat(ports.apply(plan(ASKED, web(one).to(a.address())))).isEmpty();
                assertThat(answer("127.0.0.1", one)).isEqualTo("a");
                assertThat(ports.apply(plan(ASKED, web(0).to(a.address()), mine))).isEmpty();
                assertThat(answer("127.0.0.1", one)).isEqualTo("b");
            }
        }
    }
}
