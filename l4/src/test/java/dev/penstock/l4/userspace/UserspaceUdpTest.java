package dev.penstock.l4.userspace;

import static dev.penstock.l4.userspace.TestPlans.plan;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.RulesException;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.model.service.Protocol;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** UDP through real sockets on loopback, without redirection and so without root. */
class UserspaceUdpTest {

    private static final UserspaceSettings SETTINGS = UserspaceSettings.of(false);

    private final List<AutoCloseable> closed = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : closed) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T closing(T closeable) {
        closed.add(closeable);
        return closeable;
    }

    /** Sends back what it receives behind its name. */
    private InetSocketAddress echo(String name) throws IOException {
        DatagramSocket socket = closing(new DatagramSocket(new InetSocketAddress(loopback(), 0)));
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    byte[] buffer = new byte[65_535];
                    byte[] prefix = name.getBytes(US_ASCII);
                    System.arraycopy(prefix, 0, buffer, 0, prefix.length);
                    while (!socket.isClosed()) {
                        DatagramPacket packet =
                                new DatagramPacket(
                                        buffer, prefix.length, buffer.length - prefix.length);
                        try {
                            socket.receive(packet);
                            socket.send(
                                    new DatagramPacket(
                                            buffer,
                                            prefix.length + packet.getLength(),
                                            packet.getSocketAddress()));
                        } catch (IOException _) {
                            return; // closed
                        }
                    }
                });
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    private static InetAddress loopback() {
        return InetAddress.ofLiteral("127.0.0.1");
    }

    private InetSocketAddress refusing() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(loopback(), 0))) {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }
    }

    private DatagramSocket client(InetSocketAddress to) throws IOException {
        DatagramSocket socket = closing(new DatagramSocket());
        socket.setSoTimeout(5_000);
        socket.connect(to); // takes answers from that address only
        return socket;
    }

    private static String answer(DatagramSocket client, String text) throws IOException {
        byte[] bytes = text.getBytes(US_ASCII);
        client.send(new DatagramPacket(bytes, bytes.length));
        byte[] buffer = new byte[65_535];
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        client.receive(packet);
        return new String(buffer, 0, packet.getLength(), US_ASCII);
    }

    private static TestPlans.Draft dns() {
        return TestPlans.service("dns", Protocol.UDP, "10.96.0.1").port(1);
    }

    private UserspaceMode mode(UserspaceSettings settings) {
        return closing(new UserspaceMode(settings));
    }

    private static InetSocketAddress serve(UserspaceMode mode, VirtualService service)
            throws RulesException {
        mode.apply(plan(service));
        return Objects.requireNonNull(mode.addresses().get(service.id()));
    }

    @Test
    void keepsAClientsDatagramsAtOneDestination() throws Exception {
        InetSocketAddress address = serve(mode(SETTINGS), dns().to(echo("a"), echo("b")));
        Set<String> answers = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            DatagramSocket client = client(address);
            String first = answer(client, "x");
            assertThat(answer(client, "x")).isEqualTo(first);
            answers.add(first);
        }
        assertThat(answers).containsExactlyInAnyOrder("ax", "bx");
    }

    @Test
    void carriesTheLargestDatagrams() throws Exception {
        InetSocketAddress address = serve(mode(SETTINGS), dns().to(echo("")));
        byte[] random = new byte[65_507 / 2];
        new Random(1).nextBytes(random);
        String large = java.util.HexFormat.of().formatHex(random);
        assertThat(answer(client(address), large)).isEqualTo(large).hasSize(65_506);
    }

    @Test
    void leavesADestinationThatRefuses() throws Exception {
        UserspaceMode mode = mode(SETTINGS);
        InetSocketAddress address = serve(mode, dns().to(refusing(), echo("a")));
        for (int i = 0; i < 2; i++) {
            DatagramSocket client = client(address);
            client.setSoTimeout(200);
            await().ignoreException(SocketTimeoutException.class)
                    .until(() -> answer(client, "x").equals("ax"));
        }
    }

    @Test
    void endsASessionThatIsNotUsed() throws Exception {
        UserspaceMode mode = mode(SETTINGS.withUdpTimeout(Duration.ofMillis(200)));
        InetSocketAddress address = serve(mode, dns().to(echo("a"), echo("b")));
        DatagramSocket client = client(address);
        String first = answer(client, "x");
        assertThat(mode.openFiles()).isEqualTo(2);
        await().untilAsserted(() -> assertThat(mode.openFiles()).isEqualTo(1));
        assertThat(answer(client, "x")).isNotEqualTo(first);
    }

    @Test
    void endsSessionsToADestinationThatIsGone() throws Exception {
        UserspaceMode mode = mode(SETTINGS);
        InetSocketAddress a = echo("a");
        InetSocketAddress b = echo("b");
        InetSocketAddress address = serve(mode, dns().to(a));
        DatagramSocket client = client(address);
        assertThat(answer(client, "x")).isEqualTo("ax");
        mode.apply(plan(dns().to(b)));
        assertThat(answer(client, "x")).isEqualTo("bx");
        mode.apply(plan(dns().to(a, b)));
        assertThat(answer(client, "x")).isEqualTo("bx");
        mode.apply(NodePlan.EMPTY);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> answer(client, "x"));
        await().untilAsserted(() -> assertThat(mode.openFiles()).isZero());
    }

    @Test
    void hasNoMoreSessionsThanAllowed() throws Exception {
        UserspaceSettings two = new UserspaceSettings(false, 1, Duration.ofSeconds(30), 2, 10, 100);
        UserspaceMode mode = mode(two);
        InetSocketAddress address = serve(mode, dns().to(echo("a")));
        DatagramSocket first = client(address);
        assertThat(answer(first, "x")).isEqualTo("ax");
        assertThat(answer(client(address), "x")).isEqualTo("ax");
        DatagramSocket third = client(address);
        third.setSoTimeout(100);
        assertThatExceptionOfType(SocketTimeoutException.class)
                .isThrownBy(() -> answer(third, "x"));
        assertThat(answer(first, "y")).isEqualTo("ay");
    }

    @Test
    void keepsAClientAtItsDestinationOverItsSockets() throws Exception {
        InetSocketAddress address =
                serve(mode(SETTINGS), dns().affinity(Duration.ofHours(1)).to(echo("a"), echo("b")));
        String first = answer(client(address), "x");
        for (int i = 0; i < 5; i++) {
            assertThat(answer(client(address), "x")).isEqualTo(first);
        }
    }
}
