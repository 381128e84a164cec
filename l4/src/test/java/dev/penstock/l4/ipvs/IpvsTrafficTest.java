package dev.penstock.l4.ipvs;

import static dev.penstock.l4.ipvs.TestPlan.here;
import static dev.penstock.l4.ipvs.TestPlan.service;
import static dev.penstock.l4.ipvs.TestPlan.there;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.penstock.l4.command.Command;
import dev.penstock.l4.node.Destination;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.model.address.Cidr;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Real connections from the node itself, through the kernel's IPVS, to pods that are addresses of
 * the same node. Packets from elsewhere are the business of the network lab's suite.
 */
@Tag("ipvs")
class IpvsTrafficTest {

    private static final int POD_PORT = 8080;
    private static final int HOST_PORT = 81;
    private static final int CONNECT_MILLIS = 20_000;
    private static final int DROPPED_MILLIS = 2000;
    private static final List<ServerSocket> SERVERS = new ArrayList<>();

    private static final NodeFacts NODE =
            new NodeFacts(
                    List.of(Cidr.parse("10.244.0.0/16"), Cidr.parse("fd00:244::/56")),
                    List.of(),
                    false,
                    false,
                    List.of("192.168.1.1"));

    private final IpvsMode mode = new IpvsMode(IpvsSettings.DEFAULT);
    private final TestPlan plan = new TestPlan().node(NODE);

    @BeforeAll
    static void startPods() throws Exception {
        // Every address in these networks is the node's: pods 10.244.0.x, clients 10.244.9.x.
        run(
                "ip route add local 10.244.0.0/16 dev lo; ip addr add fd00:244::1/128 dev lo nodad;"
                        + " ip link add node0 type dummy; ip link set node0 up;"
                        + " ip addr add 192.168.1.1/24 dev node0");
        for (int i = 1; i <= 10; i++) {
            SERVERS.add(serve("10.244.0." + i, POD_PORT));
        }
        SERVERS.add(serve("fd00:244::1", POD_PORT));
        SERVERS.add(serve("0.0.0.0", HOST_PORT));
    }

    @AfterAll
    static void stopPods() throws Exception {
        for (ServerSocket server : SERVERS) {
            server.close();
        }
        run(
                "ip route del local 10.244.0.0/16 dev lo; ip addr del fd00:244::1/128 dev lo;"
                        + " ip link del node0");
    }

    @AfterEach
    void removeAll() throws Exception {
        mode.remove();
    }

    @Test
    void roundRobinIsExact() throws Exception {
        apply(service("a", "10.96.0.1").to(pod(1), pod(2), pod(3)));

        assertThat(answers("10.96.0.1", 80, 30))
                .isEqualTo(Map.of("10.244.0.1", 10, "10.244.0.2", 10, "10.244.0.3", 10));
    }

    @Test
    void weightsAreFollowed() throws Exception {
        apply(
                service("a", "10.96.0.1")
                        .scheduler("wrr")
                        .to(weighted(1, 3), weighted(2, 1), weighted(3, 0)));

        assertThat(answers("10.96.0.1", 80, 40))
                .isEqualTo(Map.of("10.244.0.1", 30, "10.244.0.2", 10));
    }

    @Test
    void aClientStaysWithItsPodAndAnotherHasItsOwn() throws Exception {
        apply(service("a", "10.96.0.1").affinity(Duration.ofHours(1)).to(pod(1), pod(2), pod(3)));

        String first = answer("10.244.9.1", "10.96.0.1", 80);
        String second = answer("10.244.9.2", "10.96.0.1", 80);
        assertThat(second).isNotEqualTo(first);
        for (int i = 0; i < 20; i++) {
            assertThat(answer("10.244.9.1", "10.96.0.1", 80)).isEqualTo(first);
        }
    }

    @Test
    void maglevMovesOnlyTheClientsOfThePodThatWent() throws Exception {
        Destination[] pods = new Destination[10];
        for (int i = 0; i < 10; i++) {
            pods[i] = pod(i + 1);
        }
        apply(service("a", "10.96.0.1").scheduler("mh").to(pods));
        Map<String, String> before = new HashMap<>();
        for (int i = 1; i <= 100; i++) {
            before.put("10.244.9." + i, answer("10.244.9." + i, "10.96.0.1", 80));
        }
        assertThat(before.values().stream().distinct().count()).isGreaterThan(7);

        apply(service("a", "10.96.0.1").scheduler("mh").to(List.of(pods).subList(0, 9)));

        int stayed = 0;
        int others = 0;
        for (Map.Entry<String, String> entry : before.entrySet()) {
            if (!entry.getValue().equals("10.244.0.10")) {
                others++;
                String now = answer(entry.getKey(), "10.96.0.1", 80);
                stayed += now.equals(entry.getValue()) ? 1 : 0;
            }
        }
        assertThat(stayed).isGreaterThanOrEqualTo(others * 9 / 10);
    }

    @Test
    void aPodThatGoesKeepsItsConnectionsUntilTheyEnd() throws Exception {
        apply(service("a", "10.96.0.1").to(pod(1)));
        try (Socket open = connect("10.244.9.1", "10.96.0.1", 80)) {
            assertThat(line(open)).isEqualTo("10.244.0.1");

            apply(service("a", "10.96.0.1").to(pod(2)));

            assertThat(weights()).isEqualTo(Map.of("10.244.0.1:8080", 0, "10.244.0.2:8080", 1));
            assertThat(echo(open)).isEqualTo("x");
            assertThat(answers("10.96.0.1", 80, 6)).isEqualTo(Map.of("10.244.0.2", 6));

            // Back again: it takes new connections at once.
            apply(service("a", "10.96.0.1").to(pod(1), pod(2)));
            assertThat(weights()).isEqualTo(Map.of("10.244.0.1:8080", 1, "10.244.0.2:8080", 1));

            // Even the whole service may go.
            plan.remove("a");
            mode.apply(plan.plan());
            assertThat(echo(open)).isEqualTo("x");
            assertRefused("10.96.0.1", 80);
            open.setSoLinger(true, 0);
        }
        // Ended by a reset, the kernel forgets a connection after ten seconds; those that were
        // closed, after two minutes: the other pod stays that long.
        apply(service("a", "10.96.0.1").to(pod(3)));
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofSeconds(2))
                .until(() -> mode.isIntact() && !weights().containsKey("10.244.0.1:8080"));
        assertThat(weights()).isEqualTo(Map.of("10.244.0.2:8080", 0, "10.244.0.3:8080", 1));
    }

    @Test
    void whatIsNoServiceOnItsAddressIsRefused() throws Exception {
        apply(service("a", "10.96.0.1").to(pod(1)));
        plan.put(service("empty", "10.96.0.2").nodePort(30002));
        mode.apply(plan.plan());

        assertThat(answer("10.244.9.1", "10.244.0.1", HOST_PORT)).isEqualTo("0.0.0.0");
        assertRefused("10.96.0.1", HOST_PORT);
        assertRefused("10.96.0.2", 80);
        assertRefused("192.168.1.1", 30002);
    }

    @Test
    void aServiceWhoseFirstPodComesIsServedAtOnce() throws Exception {
        apply(service("a", "10.96.0.1"));
        assertRefused("10.96.0.1", 80);

        apply(service("a", "10.96.0.1").to(pod(1)));
        assertThat(answer("10.244.9.1", "10.96.0.1", 80)).isEqualTo("10.244.0.1");
    }

    @Test
    void policyLocalWithoutPodsHereIsDropped() throws Exception {
        apply(service("a", "10.96.0.1").internalLocal().to(there("10.244.0.2", POD_PORT)));

        assertDropped("10.244.9.1", "10.96.0.1", 80);
    }

    @Test
    void theNodeReachesPodsElsewhereThroughExternalAddressesOfPolicyLocal() throws Exception {
        plan.put(
                service("a", "10.96.0.1")
                        .loadBalancer("198.51.100.8")
                        .nodePort(30001)
                        .externalLocal()
                        .to(there("10.244.0.2", POD_PORT)));
        plan.put(
                service("b", "10.96.0.2")
                        .loadBalancer("198.51.100.9")
                        .externalLocal()
                        .to(pod(1), there("10.244.0.2", POD_PORT)));
        mode.apply(plan.plan());

        assertThat(answer(null, "198.51.100.8", 80)).isEqualTo("10.244.0.2");
        assertThat(answer("10.244.9.1", "192.168.1.1", 30001)).isEqualTo("10.244.0.2");
        assertThat(answers("198.51.100.9", 80, 10))
                .isEqualTo(Map.of("10.244.0.1", 5, "10.244.0.2", 5));
    }

    @Test
    void sourceRangesHoldForTheNodeToo() throws Exception {
        plan.put(
                service("a", "10.96.0.1")
                        .loadBalancer("198.51.100.8")
                        .ranges("10.244.9.0/31")
                        .nodePort(30001)
                        .to(pod(1)));
        plan.put(
                service("b", "10.96.0.2")
                        .loadBalancer("198.51.100.9")
                        .ranges("192.168.1.0/24")
                        .to(pod(2)));
        mode.apply(plan.plan());

        assertThat(answer("10.244.9.1", "198.51.100.8", 80)).isEqualTo("10.244.0.1");
        assertDropped("10.244.9.2", "198.51.100.8", 80);
        assertThat(answer("10.244.9.2", "192.168.1.1", 30001)).isEqualTo("10.244.0.1");
        // The node's own address is in the range, so its connections are allowed, which come from
        // the address that they go to.
        assertThat(answer(null, "198.51.100.9", 80)).isEqualTo("10.244.0.2");
    }

    @Test
    void ipv6IsServed() throws Exception {
        apply(service("a", "fd00:96::1").to(here("fd00:244::1", POD_PORT)));

        assertThat(answer(null, "fd00:96::1", 80)).isEqualTo("fd00:244::1");
        assertRefused("fd00:96::1", HOST_PORT);
    }

    @Test
    void changesAndARestartFailNoConnection() throws Exception {
        apply(service("a", "10.96.0.1").to(pod(1), pod(2)));
        IpvsMode current = mode;
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (Socket old = connect("10.244.9.1", "10.96.0.1", 80)) {
            line(old);
            Thread client =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    while (!Thread.currentThread().isInterrupted()) {
                                        answer("10.244.9.2", "10.96.0.1", 80);
                                    }
                                } catch (IOException e) {
                                    failure.set(e);
                                }
                            });
            try {
                for (int i = 0; i < 100; i++) {
                    plan.put(service("a", "10.96.0.1").to(pod(1 + i % 2), pod(3 + i % 3)));
                    plan.put(service("other" + i % 7, "10.96.1." + i % 7).to(pod(1 + i % 5)));
                    current.apply(plan.plan());
                    if (i == 50) {
                        current.close();
                        current = new IpvsMode(IpvsSettings.DEFAULT);
                    }
                }
            } finally {
                client.interrupt();
                client.join();
                current.close();
            }
            assertThat(failure.get()).isNull();
            assertThat(echo(old)).isEqualTo("x");
        }
    }

    private void apply(TestPlan.TestService service) throws Exception {
        plan.put(service);
        mode.apply(plan.plan());
    }

    private static Destination pod(int number) {
        return here("10.244.0." + number, POD_PORT);
    }

    private static Destination weighted(int number, int weight) {
        return new Destination("10.244.0." + number, POD_PORT, true, weight);
    }

    private static Map<String, Integer> answers(String address, int port, int count)
            throws IOException {
        Map<String, Integer> answers = new HashMap<>();
        for (int i = 0; i < count; i++) {
            answers.merge(answer(null, address, port), 1, Integer::sum);
        }
        return answers;
    }

    private static void assertRefused(String address, int port) {
        assertThatThrownBy(() -> answer(null, address, port)).isInstanceOf(ConnectException.class);
    }

    /** The address of the pod that answers. */
    private static String answer(@Nullable String source, String address, int port)
            throws IOException {
        try (Socket socket = connect(source, address, port)) {
            return line(socket);
        }
    }

    private static void assertDropped(String source, String address, int port) {
        assertThatThrownBy(() -> connect(source, address, port, DROPPED_MILLIS).close())
                .isInstanceOf(SocketTimeoutException.class);
    }

    private static Socket connect(@Nullable String source, String address, int port)
            throws IOException {
        return connect(source, address, port, CONNECT_MILLIS);
    }

    private static Socket connect(@Nullable String source, String address, int port, int millis)
            throws IOException {
        Socket socket = new Socket();
        try {
            if (source != null) {
                socket.bind(new InetSocketAddress(InetAddress.ofLiteral(source), 0));
            }
            socket.setSoTimeout(10_000);
            socket.connect(new InetSocketAddress(address, port), millis);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static String line(Socket socket) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c = socket.getInputStream().read();
                c >= 0 && c != '\n';
                c = socket.getInputStream().read()) {
            text.append((char) c);
        }
        return text.toString();
    }

    private static String echo(Socket socket) throws IOException {
        socket.getOutputStream().write("x\n".getBytes(US_ASCII));
        return line(socket);
    }

    private static Map<String, Integer> weights() throws Exception {
        try (IpvsFamily family = IpvsFamily.open()) {
            Map<String, Integer> weights = new HashMap<>();
            family.servers(_ -> true)
                    .values()
                    .forEach(server ->
                            server.weights().forEach((r, w) -> weights.put(r.toString(), w)));
            return weights;
        }
    }

    /** Says its address to whoever connects, then repeats what it hears. */
    private static ServerSocket serve(String address, int port) throws IOException {
        ServerSocket server = new ServerSocket();
        server.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port), 1000);
        Thread.ofVirtual()
                .start(() -> {
                    while (!server.isClosed()) {
                        try {
                            Socket socket = server.accept();
                            Thread.ofVirtual().start(() -> talk(socket, address));
                        } catch (IOException _) {
                            return; // closed
                        }
                    }
                });
        return server;
    }

    private static void talk(Socket socket, String address) {
        try (socket) {
            socket.getOutputStream().write((address + "\n").getBytes(US_ASCII));
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException _) {
            // The client's business.
        }
    }

    private static void run(String shell) throws Exception {
        Command.of("sh", "-c", shell).run();
    }
}
