package dev.penstock.l4.nftables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.l4.NetworkNamespace;
import dev.penstock.l4.command.Command;
import dev.penstock.l4.node.Algorithm;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.model.address.AddressText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Where connections of a node to Services go: a network namespace with nothing but a loopback
 * interface, which has the addresses of clients and destinations.
 */
final class NftablesPacketTest {

    /** The addresses of a family. */
    enum Net {
        V4("10.244.0.", "10.96.0.1", "10.96.0.0/16"),
        V6("fd00:244::", "fd00:96::1", "fd00:96::/64");

        private final String prefix;
        private final String service;
        private final String services;

        Net(String prefix, String service, String services) {
            this.prefix = prefix;
            this.service = service;
            this.services = services;
        }

        String host(int number) {
            return prefix + number;
        }
    }

    @BeforeAll
    static void needsNftables() throws Exception {
        String missing = NetworkNamespace.call(() -> String.valueOf(new NftablesMode().missing()));
        assumeTrue(missing.equals("null"), missing);
    }

    @ParameterizedTest
    @EnumSource(Net.class)
    void randomChoiceSpreadsEvenly(Net net) throws Exception {
        assertThat(shares(net, Algorithm.RANDOM, 600))
                .hasSize(3)
                .allSatisfy((_, count) -> assertThat(count).isBetween(150, 250));
    }

    @ParameterizedTest
    @EnumSource(Net.class)
    void roundRobinIsExact(Net net) throws Exception {
        assertThat(shares(net, Algorithm.ROUND_ROBIN, 300).values()).containsExactly(100, 100, 100);
    }

    @ParameterizedTest
    @EnumSource(Net.class)
    void maglevSpreadsConnectionsOfOneClient(Net net) throws Exception {
        assertThat(shares(net, Algorithm.MAGLEV, 600))
                .hasSize(3)
                .allSatisfy((_, count) -> assertThat(count).isBetween(130, 270));
    }

    @ParameterizedTest
    @EnumSource(Net.class)
    void sourceHashKeepsAClientWhereItIs(Net net) throws Exception {
        assertThat(shares(net, Algorithm.SOURCE_HASH, 50).values()).containsExactly(50);
    }

    private static Map<String, Integer> shares(Net net, Algorithm algorithm, int connections)
            throws Exception {
        return NetworkNamespace.call(() -> {
            try (Lab lab = new Lab(net)) {
                lab.serve(TestPlans.withAlgorithm(lab.service(101, 102, 103), algorithm));
                Map<String, Integer> shares = new HashMap<>();
                for (int i = 0; i < connections; i++) {
                    shares.merge(lab.connect(1, net.service, 80), 1, Integer::sum);
                }
                return shares;
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Net.class)
    void affinityHoldsForAllAddressesOfAServiceUntilItsDestinationGoes(Net net) throws Exception {
        NetworkNamespace.run(() -> {
            try (Lab lab = new Lab(net)) {
                VirtualService service =
                        TestPlans.withAffinity(
                                lab.service(101, 102, 103), Duration.ofHours(3), 30_080);
                lab.serve(service);
                Map<Integer, String> picks = new HashMap<>();
                for (int client = 1; client <= 20; client++) {
                    String pick = lab.connect(client, net.service, 80);
                    picks.put(client, pick);
                    for (int i = 0; i < 5; i++) {
                        assertThat(lab.connect(client, net.service, 80)).isEqualTo(pick);
                        assertThat(lab.connect(client, net.host(200), 30_080)).isEqualTo(pick);
                    }
                }
                assertThat(picks.values()).contains(net.host(101), net.host(102), net.host(103));

                lab.serve(
                        TestPlans.withAffinity(lab.service(101, 103), Duration.ofHours(3), 30_080));

                picks.forEach((client, pick) -> {
                    String now = lab.connect(client, net.service, 80);
                    if (pick.equals(net.host(102))) {
                        assertThat(now).isNotEqualTo(pick);
                    } else {
                        assertThat(now).isEqualTo(pick);
                    }
                });
            }
        });
    }

    @Test
    void affinityIsRenewedByUseAndEndsWithoutIt() throws Exception {
        NetworkNamespace.run(() -> {
            try (Lab lab = new Lab(Net.V4)) {
                lab.serve(
                        TestPlans.withAffinity(
                                lab.service(101, 102, 103), Duration.ofSeconds(1), 0));
                String first = lab.connect(1, Net.V4.service, 80);
                long begin = System.nanoTime();

                Awaitility.await()
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> {
                            assertThat(lab.connect(1, Net.V4.service, 80)).isEqualTo(first);
                            return System.nanoTime() - begin > Duration.ofSeconds(3).toNanos();
                        });

                Awaitility.await()
                        .pollInterval(Duration.ofMillis(1200))
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> !lab.connect(1, Net.V4.service, 80).equals(first));
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Net.class)
    void whatNobodyServesIsRefusedAtOnce(Net net) throws Exception {
        NetworkNamespace.run(() -> {
            try (Lab lab = new Lab(net)) {
                lab.serve(TestPlans.withNodePort(lab.service(), 30_080));

                for (InetSocketAddress target :
                        List.of(
                                new InetSocketAddress(net.service, 80),
                                new InetSocketAddress(net.host(200), 30_080),
                                // A port that is no service's.
                                new InetSocketAddress(net.service, 81))) {
                    long begin = System.nanoTime();
                    try (Socket socket = new Socket()) {
                        assertThatThrownBy(() -> socket.connect(target, 5000))
                                .isInstanceOf(ConnectException.class)
                                .hasMessageContaining("refused");
                    }
                    assertThat(Duration.ofNanos(System.nanoTime() - begin))
                            .isLessThan(Duration.ofSeconds(1));
                }
            }
        });
    }

    @Test
    void aConnectionOutlivesItsServiceAndItsRules() throws Exception {
        NetworkNamespace.run(() -> {
            try (Lab lab = new Lab(Net.V4)) {
                lab.serve(lab.service(101));
                try (SocketChannel client =
                        SocketChannel.open(new InetSocketAddress(Net.V4.service, 80))) {
                    SocketChannel server = lab.accepted().get(0);
                    lab.serve(lab.service(102));
                    say(client, server);
                    lab.serve();
                    say(client, server);
                    server.close();
                }
            }
        });
    }

    private static void say(SocketChannel from, SocketChannel to) throws IOException {
        from.write(ByteBuffer.wrap(new byte[] {42}));
        ByteBuffer heard = ByteBuffer.allocate(1);
        to.configureBlocking(true);
        assertThat(to.read(heard)).isEqualTo(1);
    }

    /** A namespace with addresses, listeners on destinations 101 to 103, and the mode. */
    private static final class Lab implements AutoCloseable {

        private final Net net;
        private final NftablesMode mode = new NftablesMode();
        private final Map<String, ServerSocketChannel> listeners = new HashMap<>();

        Lab(Net net) throws Exception {
            this.net = net;
            String length = net == Net.V4 ? "/32" : "/128 nodad";
            StringBuilder batch = new StringBuilder("link set lo up\n");
            IntStream.concat(IntStream.rangeClosed(1, 20), IntStream.of(101, 102, 103, 200))
                    .forEach(i -> batch.append("addr add dev lo " + net.host(i) + length + "\n"));
            batch.append("route add " + net.services + " dev lo src " + net.host(1) + "\n");
            Command.of("ip", "-batch", "-").run(batch.toString());
            for (int i = 101; i <= 103; i++) {
                ServerSocketChannel listener = ServerSocketChannel.open();
                listener.configureBlocking(false);
                listener.bind(new InetSocketAddress(net.host(i), 8080));
                listeners.put(net.host(i), listener);
            }
        }

        VirtualService service(int... destinations) {
            return TestPlans.service(
                    "one",
                    net.service,
                    IntStream.of(destinations).mapToObj(net::host).toArray(String[]::new));
        }

        void serve(VirtualService... services) throws Exception {
            mode.apply(TestPlans.of(services));
        }

        /** Connects and says which destination answered. */
        String connect(int client, String address, int port) {
            try (Socket socket = new Socket()) {
                socket.bind(new InetSocketAddress(net.host(client), 0));
                socket.connect(new InetSocketAddress(address, port), 5000);
                SocketChannel accepted = accepted().get(0);
                String pick =
                        ((InetSocketAddress) accepted.getLocalAddress())
                                .getAddress()
                                .getHostAddress();
                accepted.close();
                return String.valueOf(AddressText.canonical(pick));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        List<SocketChannel> accepted() throws IOException {
            List<SocketChannel> accepted = new ArrayList<>();
            long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
            while (accepted.isEmpty() && System.nanoTime() < end) {
                for (ServerSocketChannel listener : listeners.values()) {
                    SocketChannel channel = listener.accept();
                    if (channel != null) {
                        accepted.add(channel);
                    }
                }
            }
            return accepted;
        }

        @Override
        public void close() throws IOException {
            mode.close();
            for (ServerSocketChannel listener : listeners.values()) {
                listener.close();
            }
        }
    }
}
