package dev.penstock.l4.conntrack;

import static dev.penstock.l4.conntrack.UdpServices.NODE_PORT;
import static dev.penstock.l4.conntrack.UdpServices.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.l4.NetworkNamespace;
import dev.penstock.l4.command.Command;
import dev.penstock.l4.nftables.NftablesMode;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.RuleMode;
import dev.penstock.l4.userspace.UserspaceMode;
import dev.penstock.l4.userspace.UserspaceSettings;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Protocol;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Flows of a real kernel, in a network namespace that leads nowhere. */
final class StaleFlowsKernelTest {

    /** The addresses of a family. */
    enum Net {
        V4("10.244.0.", "10.96.0.10", "10.96.0.0/16", "/32"),
        V6("fd00:244::", "fd00:96::10", "fd00:96::/64", "/128 nodad");

        private final String prefix;
        private final String service;
        private final String services;
        private final String length;

        Net(String prefix, String service, String services, String length) {
            this.prefix = prefix;
            this.service = service;
            this.services = services;
            this.length = length;
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
    void aClientThatGoesOnSendingReachesAnEndpointThatServes(Net net) throws Exception {
        NetworkNamespace.run(() -> {
            try (Lab lab = new Lab(net);
                    DatagramSocket byAddress = lab.client();
                    DatagramSocket byNodePort = lab.client()) {
                lab.serve(101);
                InetSocketAddress service = new InetSocketAddress(net.service, 53);
                InetSocketAddress node = new InetSocketAddress(net.host(1), NODE_PORT);
                assertThat(lab.send(byAddress, service)).isEqualTo(net.host(101));
                assertThat(lab.send(byNodePort, node)).isEqualTo(net.host(101));
                assertThat(lab.clean()).isZero();

                lab.serve(102);
                // What makes it worth while: the kernel goes on as before.
                assertThat(lab.send(byAddress, service)).isEqualTo(net.host(101));

                assertThat(lab.clean()).isEqualTo(2);
                assertThat(lab.send(byAddress, service)).isEqualTo(net.host(102));
                assertThat(lab.send(byNodePort, node)).isEqualTo(net.host(102));
                assertThat(lab.clean()).isZero();
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Net.class)
    void aFlowThatBeganBeforeItsServiceReachesIt(Net net) throws Exception {
        beganBefore(net, new NftablesMode(), StaleFlows.toEndpoints());
    }

    @ParameterizedTest
    @EnumSource(Net.class)
    void aFlowThatBeganBeforeItsServiceReachesTheSocketOfUserspaceMode(Net net) throws Exception {
        beganBefore(net, new UserspaceMode(UserspaceSettings.of(true)), StaleFlows.toSockets());
    }

    private static void beganBefore(Net net, RuleMode mode, StaleFlows flows) throws Exception {
        NetworkNamespace.run(() -> {
            try (Lab lab = new Lab(net, mode, flows);
                    DatagramSocket client = lab.client()) {
                // With the first rules the kernel begins to track connections.
                mode.apply(NodePlan.EMPTY);
                InetSocketAddress service = new InetSocketAddress(net.service, 53);
                client.send(new DatagramPacket(new byte[1], 1, service));

                lab.serve(101);

                assertThat(lab.clean()).isEqualTo(1);
                assertThat(lab.send(client, service)).isEqualTo(net.host(101));
                assertThat(lab.clean()).isZero();
            }
        });
    }

    @Test
    void aRestartedProgramFindsWhatWentStaleMeanwhile() throws Exception {
        NetworkNamespace.run(() -> {
            try (Lab lab = new Lab(Net.V4);
                    DatagramSocket client = lab.client();
                    StaleFlows restarted = StaleFlows.toEndpoints()) {
                InetSocketAddress service = new InetSocketAddress(Net.V4.service, 53);
                lab.serve(101, 102);
                String first = lab.send(client, service);
                lab.serve(first.equals(Net.V4.host(101)) ? 102 : 101);

                assertThat(restarted.clean(lab.state.services(), lab.state.plan())).isEqualTo(1);
                assertThat(lab.send(client, service)).isNotEqualTo(first);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Net.class)
    void theProgramDoesAsNetlinkDoes(Net net) throws Exception {
        assumeTrue(Command.exists(ConntrackProgram.NAME), "needs the program conntrack");
        NetworkNamespace.run(() -> {
            IpFamily family = IpFamily.of(net.service);
            try (Lab lab = new Lab(net);
                    DatagramSocket client = lab.client();
                    FlowTable program = new ConntrackProgram();
                    FlowTable socket = ConntrackSocket.open()) {
                lab.serve(101);
                lab.send(client, new InetSocketAddress(net.service, 53));

                List<Flow> found = program.find(family, _ -> true);
                assertThat(found)
                        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("id")
                        .isEqualTo(socket.find(family, _ -> true))
                        .hasSize(1);
                assertThat(program.delete(found)).isEqualTo(1);
                assertThat(socket.find(family, _ -> true)).isEmpty();
                assertThat(program.delete(found)).isZero();
                assertThat(socket.delete(found)).isZero();
            }
        });
    }

    /** A namespace with addresses, sockets on destinations 101 and 102, and rules. */
    private static final class Lab implements AutoCloseable {

        private final Net net;
        private final RuleMode mode;
        private final UdpServices services;
        private final StaleFlows flows;
        private final Map<String, DatagramSocket> servers = new TreeMap<>();
        private FlowCheck.State state = FlowCheck.State.EMPTY;

        Lab(Net net) throws Exception {
            this(net, new NftablesMode(), StaleFlows.toEndpoints());
        }

        Lab(Net net, RuleMode mode, StaleFlows flows) throws Exception {
            this.net = net;
            this.mode = mode;
            this.flows = flows;
            this.services = new UdpServices(net.host(1));
            StringBuilder batch = new StringBuilder("link set lo up\n");
            for (int host : List.of(1, 101, 102)) {
                batch.append("addr add dev lo " + net.host(host) + net.length + "\n");
            }
            // Somewhere where nobody is; of IPv6, what is routed to lo is refused instead.
            batch.append("link add br0 type bridge\nlink set br0 up\n");
            batch.append("route add " + net.services + " dev br0 src " + net.host(1) + "\n");
            Command.of("ip", "-batch", "-").run(batch.toString());
            for (int host : List.of(101, 102)) {
                DatagramSocket server =
                        new DatagramSocket(new InetSocketAddress(net.host(host), 5353));
                server.setSoTimeout(10);
                servers.put(net.host(host), server);
            }
        }

        DatagramSocket client() throws IOException {
            return new DatagramSocket(new InetSocketAddress(net.host(1), 0));
        }

        void serve(int... hosts) throws Exception {
            List<String> addresses = new ArrayList<>();
            for (int host : hosts) {
                addresses.add(net.host(host));
            }
            state =
                    services.dns(Protocol.UDP, net.service, ready(addresses.toArray(String[]::new)))
                            .state();
            mode.apply(state.plan());
        }

        int clean() {
            return flows.clean(state.services(), state.plan());
        }

        /** Sends a packet and says who got it. */
        String send(DatagramSocket client, InetSocketAddress to) throws IOException {
            client.send(new DatagramPacket(new byte[1], 1, to));
            for (int i = 0; i < 500; i++) {
                for (DatagramSocket server : servers.values()) {
                    try {
                        server.receive(new DatagramPacket(new byte[1], 1));
                        return AddressText.of(server.getLocalAddress());
                    } catch (SocketTimeoutException _) {
                        // The other one, perhaps.
                    }
                }
            }
            throw new AssertionError("nobody got the packet");
        }

        @Override
        public void close() {
            flows.close();
            mode.close();
            servers.values().forEach(DatagramSocket::close);
        }
    }
}
