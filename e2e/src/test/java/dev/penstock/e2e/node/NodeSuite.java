package dev.penstock.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.e2e.node.lab.Attempt;
import dev.penstock.e2e.node.lab.Host;
import dev.penstock.e2e.node.lab.Lab;
import dev.penstock.e2e.node.lab.Outcome;
import dev.penstock.e2e.node.lab.Peer;
import dev.penstock.e2e.node.lab.UdpSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What the suites have in common: who is who in the lab, and words for what must become of
 * connections.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class NodeSuite {
    /**
     * Where tests with {@link NodeFlags} are, for the program to be started anew less often: after
     * all others, those with the same flags one after the other.
     */
    static final int LAST = Integer.MAX_VALUE;

    /** Enough connections for each of three destinations to be hit but for a chance of 10^-17. */
    private static final int MANY = 100;

    /** What is refused at once is so before a client would send its first packet again. */
    private static final Duration AT_ONCE = Duration.ofSeconds(3);

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private NodeLab nodeLab;

    private String[] flags = {};

    @BeforeEach
    final void enter(NodeLab shared, TestInfo test) throws IOException {
        nodeLab = labOf(shared);
        flags =
                test.getTestMethod()
                        .map(method -> method.getAnnotation(NodeFlags.class))
                        .map(NodeFlags::value)
                        .orElse(new String[0]);
        prepare();
    }

    /** The lab to use; that which the suites of a mode share by default. */
    NodeLab labOf(NodeLab shared) throws IOException {
        return shared;
    }

    /** Starts the program with the flags that the test needs, unless it runs with them. */
    void prepare() {
        program().withFlags(flags);
    }

    final NodeMode mode() {
        return nodeLab.mode();
    }

    final Lab lab() {
        return nodeLab.lab();
    }

    final NodeProgram program() {
        return nodeLab.program();
    }

    final NodeLab nodeLab() {
        return nodeLab;
    }

    /** A new Service with cluster addresses, without ports and endpoints. */
    final TestService service() {
        return nodeLab.service();
    }

    /** A new Service with TCP port 80 to port 8080 of these backends. */
    final TestService web(Host... backends) {
        return service().tcp("http", 80, 8080).to(backends);
    }

    /** A new Service with UDP port 53 to port 8080 of these backends. */
    final TestService dns(Host... backends) {
        return service().udp("dns", 53, 8080).to(backends);
    }

    final void serve(TestService... services) {
        program().serve(services);
    }

    /** Somebody answers. */
    static Peer answers(Host from, String address, int port) {
        Attempt attempt = from.tcp(address, port);
        assertThat(attempt.outcome())
                .as("%s to %s port %d", from, address, port)
                .isEqualTo(Outcome.ANSWERED);
        return attempt.answered();
    }

    /** It is refused at once, not dropped. */
    static void refused(Host from, String address, int port) {
        Attempt attempt = from.tcp(address, port);
        assertThat(attempt.outcome())
                .as("%s to %s port %d", from, address, port)
                .isEqualTo(Outcome.REFUSED);
        assertThat(attempt.took()).isLessThan(AT_ONCE);
    }

    /** Nothing comes back. */
    static void silent(Host from, String address, int port) {
        assertThat(from.tcpBriefly(address, port).outcome())
                .as("%s to %s port %d", from, address, port)
                .isEqualTo(Outcome.SILENT);
    }

    /** Nobody answers, whichever way that shows. */
    static void notServed(Host from, String address, int port) {
        assertThat(from.tcpBriefly(address, port).peer())
                .as("%s to %s port %d", from, address, port)
                .isNull();
    }

    /** A datagram is answered. */
    static Peer answersUdp(Host from, String address, int port) {
        try (UdpSocket socket = from.udp(address)) {
            Attempt attempt = socket.ask(address, port);
            assertThat(attempt.outcome())
                    .as("%s to %s UDP port %d", from, address, port)
                    .isEqualTo(Outcome.ANSWERED);
            return attempt.answered();
        }
    }

    /** An ICMP message says that nobody listens. */
    static void refusedUdp(Host from, String address, int port) {
        try (UdpSocket socket = from.udpConnected(address, port, 0)) {
            Attempt attempt = socket.ask(address, port);
            assertThat(attempt.outcome())
                    .as("%s to %s UDP port %d", from, address, port)
                    .isEqualTo(Outcome.REFUSED);
        }
    }

    /** All who answer over many connections. */
    static Set<String> reached(Host from, String address, int port) {
        Set<String> servers = new TreeSet<>();
        from.tcpTimes(MANY, address, port).forEach(peer -> servers.add(peer.server()));
        return servers;
    }

    /** The backend saw the client itself; in userspace it saw the node. */
    final void seesClient(Peer peer, Host client) {
        if (mode().forwardsPackets()) {
            assertThat(peer.sees(client)).as("%s sees %s", peer, client).isTrue();
        } else {
            seesNode(peer);
        }
    }

    /** The backend saw node1 in place of the client. */
    final void seesNode(Peer peer) {
        assertThat(lab().isNode1(peer.client())).as("%s sees node1", peer).isTrue();
    }
}
