package dev.penstock.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.e2e.node.lab.Attempt;
import dev.penstock.e2e.node.lab.Host;
import dev.penstock.e2e.node.lab.Outcome;
import dev.penstock.e2e.node.lab.Peer;
import dev.penstock.e2e.node.lab.SctpServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SCTP, with associations made packet by packet: the kernel only has to track and translate. */
abstract class SctpSuite extends NodeSuite {
    private static final Path TRACKING =
            Path.of("/proc/sys/net/netfilter/nf_conntrack_sctp_timeout_established");

    /** Enough for each of two destinations to be hit but for a chance of 10^-12. */
    private static final int SEVERAL = 40;

    private final List<SctpServer> servers = new ArrayList<>();

    @BeforeEach
    final void startServers() throws IOException {
        assumeTrue(Files.exists(TRACKING), "this kernel does not track SCTP");
        for (Host backend : lab().backends()) {
            servers.add(new SctpServer(backend));
        }
    }

    @AfterEach
    final void endServers() {
        servers.forEach(SctpServer::close);
    }

    private static Peer answersSctp(Host from, String address, int port) {
        Attempt attempt = from.sctp(address, port);
        assertThat(attempt.outcome())
                .as("%s to %s SCTP port %d", from, address, port)
                .isEqualTo(Outcome.ANSWERED);
        return attempt.answered();
    }

    private static void refusedSctp(Host from, String address, int port) {
        assertThat(from.sctp(address, port).outcome())
                .as("%s to %s SCTP port %d", from, address, port)
                .isEqualTo(Outcome.REFUSED);
    }

    private List<Host> clients() {
        return List.of(lab().pod(), lab().client(), lab().node1());
    }

    @Test
    final void associationsReachAllBackendsFromEverywhereBesideTcpOnTheSamePort() {
        TestService both =
                service().sctp("sctp", 80, 8080).tcp("tcp", 80, 8081).to(lab().b1(), lab().b3());
        serve(both);
        for (String address : both.clusterIps()) {
            for (Host from : clients()) {
                assertThat(Stream.generate(() -> answersSctp(from, address, 80)).limit(SEVERAL))
                        .allMatch(peer -> peer.serverPort() == 8080)
                        .extracting(Peer::server)
                        .contains("b1", "b3");
                assertThat(answers(from, address, 80).serverPort()).isEqualTo(8081);
            }
            seesClient(answersSctp(lab().pod(), address, 80), lab().pod());
            seesNode(answersSctp(lab().client(), address, 80));
        }
    }

    @Test
    final void nodePortsAndExternalAddressesAreServed() {
        int port = nodeLab().nodePort();
        List<String> external = nodeLab().externalIps();
        TestService sctp =
                service()
                        .sctp("sctp", 80, 8080)
                        .to(lab().b3())
                        .nodePort(port)
                        .externalIps(external.toArray(String[]::new));
        serve(sctp);
        for (String address : external) {
            for (Host from : clients()) {
                seesNode(answersSctp(from, address, 80));
                seesNode(answersSctp(from, lab().node1().addressLike(address), port));
            }
        }
    }

    @Test
    final void backendThatReachesItselfSeesTheNode() {
        TestService sctp = service().sctp("sctp", 80, 8080).to(lab().b1());
        serve(sctp);
        for (String address : sctp.clusterIps()) {
            seesNode(answersSctp(lab().b1(), address, 80));
        }
    }

    @Test
    final void clientKeepsItsBackendWithAffinity() {
        TestService sctp =
                service().sctp("sctp", 80, 8080).to(lab().b1(), lab().b3()).affinity(600);
        serve(sctp);
        for (String address : sctp.clusterIps()) {
            Stream<String> servers =
                    Stream.generate(() -> answersSctp(lab().client(), address, 80).server());
            assertThat(servers.limit(SEVERAL).distinct()).hasSize(1);
        }
    }

    @Test
    final void serviceWithoutEndpointsIsRefusedUntilItHasSome() {
        int port = nodeLab().nodePort();
        List<String> external = nodeLab().externalIps();
        TestService sctp =
                service()
                        .sctp("sctp", 80, 8080)
                        .nodePort(port)
                        .externalIps(external.toArray(String[]::new));
        serve(sctp);
        for (int family = 0; family < 2; family++) {
            String node = lab().node1().addressLike(external.get(family));
            for (Host from : clients()) {
                refusedSctp(from, sctp.clusterIps().get(family), 80);
                refusedSctp(from, external.get(family), 80);
                refusedSctp(from, node, port);
            }
        }
        serve(sctp.to(lab().b1()));
        for (String address : sctp.clusterIps()) {
            answersSctp(lab().client(), address, 80);
        }
    }
}
