package dev.penstock.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.e2e.node.lab.Host;
import dev.penstock.e2e.node.lab.Outcome;
import dev.penstock.e2e.node.lab.Peer;
import dev.penstock.e2e.node.lab.UdpSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** UDP: flows that only connection tracking remembers. */
abstract class DatagramSuite extends NodeSuite {
    private static final int FLOWS = 12;

    @Test
    final void answerComesFromTheAddressThatWasAsked() {
        int port = nodeLab().nodePort();
        TestService dns = dns(lab().b1(), lab().b3()).nodePort(port);
        serve(dns);
        for (String address : dns.clusterIps()) {
            for (Host from : List.of(lab().client(), lab().pod(), lab().node1())) {
                // The socket is not connected: it would take an answer from anybody, and checks.
                answersUdp(from, address, 53);
                answersUdp(from, lab().node1().addressLike(address), port);
            }
        }
    }

    @Test
    final void podIsSeenByItsOwnAddress() {
        TestService dns = dns(lab().b1(), lab().b3());
        serve(dns);
        for (String address : dns.clusterIps()) {
            seesClient(answersUdp(lab().pod(), address, 53), lab().pod());
        }
    }

    @Test
    final void flowOfARemovedEndpointGoesToALiveOneAndOthersStay() {
        TestService dns = dns(lab().b1(), lab().b2(), lab().b3());
        for (String address : dns.clusterIps()) {
            serve(dns.to(lab().b1(), lab().b2(), lab().b3()));
            Map<UdpSocket, Peer> flows = new HashMap<>();
            try {
                for (int i = 0; i < FLOWS; i++) {
                    UdpSocket socket = lab().client().udp(address);
                    flows.put(socket, socket.ask(address, 53).answered());
                }
                assertThat(flows.values()).extracting(Peer::server).contains("b1", "b3");
                serve(dns.to(lab().b2(), lab().b3()));
                flows.forEach((socket, before) -> {
                    Peer now = askUntilNot(socket, address, 53, "b1");
                    if (before.server().equals("b1")) {
                        assertThat(now.server()).isIn("b2", "b3");
                    } else {
                        // The same masqueraded port: it is the same entry as before.
                        assertThat(now).isEqualTo(before);
                    }
                });
            } finally {
                flows.keySet().forEach(UdpSocket::close);
            }
        }
    }

    @Test
    final void flowThatBeganBeforeItsServiceIsServedWhenTheServiceComes() {
        int port = nodeLab().nodePort();
        TestService dns = dns(lab().b1(), lab().b3()).nodePort(port);
        serve();
        List<Asker> askers = new ArrayList<>();
        try {
            for (String address : dns.clusterIps()) {
                askers.add(new Asker(lab().client(), address, 53));
                askers.add(new Asker(lab().pod(), address, 53));
                askers.add(new Asker(lab().client(), lab().node1().addressLike(address), port));
            }
            askers.forEach(Asker::findsNobody);
            serve(dns);
            // It goes on sending all the time, so that the kernel does not forget the flow.
            askers.forEach(Asker::findsSomebody);
        } finally {
            askers.forEach(Asker::close);
        }
    }

    /** A client that sends from one port to one address, over and over. */
    private static final class Asker implements AutoCloseable {
        private final UdpSocket socket;
        private final String address;
        private final int port;

        Asker(Host from, String address, int port) {
            this.socket = from.udp(address);
            this.address = address;
            this.port = port;
        }

        void findsNobody() {
            assertThat(socket.askBriefly(address, port).outcome()).isNotEqualTo(Outcome.ANSWERED);
        }

        void findsSomebody() {
            Awaitility.await(address + " port " + port)
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> socket.askBriefly(address, port).outcome() == Outcome.ANSWERED);
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    @Test
    final void nodePortFlowOfARemovedEndpointGoesToALiveOne() {
        int port = nodeLab().nodePort();
        TestService dns = dns(lab().b1()).nodePort(port);
        for (String family : dns.clusterIps()) {
            serve(dns.to(lab().b1()));
            String node = lab().node1().addressLike(family);
            try (UdpSocket socket = lab().client().udp(node)) {
                assertThat(socket.ask(node, port).answered().server()).isEqualTo("b1");
                serve(dns.to(lab().b3()));
                assertThat(askUntilNot(socket, node, port, "b1").server()).isEqualTo("b3");
            }
        }
    }

    /**
     * Flows are made to be forgotten after the rules are in force, so that a first one may still go
     * there.
     */
    private static Peer askUntilNot(UdpSocket socket, String address, int port, String gone) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(
                        () -> socket.ask(address, port).answered(),
                        peer -> !peer.server().equals(gone));
    }
}
