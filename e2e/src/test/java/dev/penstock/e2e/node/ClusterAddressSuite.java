package dev.penstock.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.e2e.node.lab.Host;
import dev.penstock.e2e.node.lab.Peer;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Cluster addresses: who reaches them, from where, and how connections are spread. */
abstract class ClusterAddressSuite extends NodeSuite {
    private static final int CONNECTIONS = 3000;
    private static final int TURNS = 300;

    @Test
    final void clientOutsideReachesBackendThroughClusterAddress() {
        TestService web = web(lab().b1(), lab().b3());
        serve(web);
        for (String address : web.clusterIps()) {
            assertThat(answers(lab().client(), address, 80).serverPort()).isEqualTo(8080);
            assertThat(reached(lab().client(), address, 80)).containsExactly("b1", "b3");
        }
    }

    @Test
    final void podAndNodeAndBackendItselfReachBackends() {
        TestService web = web(lab().b1(), lab().b3());
        serve(web);
        for (String address : web.clusterIps()) {
            for (Host from : List.of(lab().pod(), lab().node1(), lab().b1())) {
                assertThat(reached(from, address, 80))
                        .as("from %s", from)
                        .containsExactly("b1", "b3");
            }
        }
    }

    @Test
    final void podIsSeenByItsOwnAddressOnBothNodes() {
        TestService local = web(lab().b1());
        TestService remote = web(lab().b3());
        serve(local, remote);
        for (int family = 0; family < 2; family++) {
            seesClient(answers(lab().pod(), local.clusterIps().get(family), 80), lab().pod());
            seesClient(answers(lab().pod(), remote.clusterIps().get(family), 80), lab().pod());
        }
    }

    @Test
    final void connectionsAreSpreadEvenly() {
        TestService web = web(lab().b1(), lab().b2(), lab().b3());
        serve(web);
        int connections = mode().takesTurns() ? TURNS : CONNECTIONS;
        Map<String, Long> shares =
                lab().pod().tcpTimes(connections, web.clusterIps().getFirst(), 80).stream()
                        .collect(Collectors.groupingBy(Peer::server, Collectors.counting()));
        assertThat(shares).containsOnlyKeys("b1", "b2", "b3");
        // Four standard deviations of a binomial distribution, or none where they take turns.
        double tolerance = mode().takesTurns() ? 0 : 4 * Math.sqrt(connections * 2 / 9.0);
        assertThat(shares.values())
                .allSatisfy(share ->
                        assertThat(Math.abs(share - connections / 3.0))
                                .as("%s", shares)
                                .isLessThanOrEqualTo(tolerance));
    }

    @Test
    final void portsOfOneServiceGoToTheirOwnTargetPorts() {
        TestService two = service().tcp("http", 80, 8080).tcp("admin", 81, 8081).to(lab().b1());
        serve(two);
        for (String address : two.clusterIps()) {
            assertThat(answers(lab().pod(), address, 80).serverPort()).isEqualTo(8080);
            assertThat(answers(lab().pod(), address, 81).serverPort()).isEqualTo(8081);
        }
    }

    @Test
    final void namedTargetPortMayDifferFromSliceToSlice() {
        TestService web =
                web().to(TestEndpoint.of(lab().b1()), TestEndpoint.of(lab().b3()).port(9090));
        serve(web);
        for (String address : web.clusterIps()) {
            Map<String, Integer> ports =
                    lab().pod().tcpTimes(50, address, 80).stream()
                            .collect(
                                    Collectors.toMap(
                                            Peer::server, Peer::serverPort, (one, _) -> one));
            assertThat(ports).isEqualTo(Map.of("b1", 8080, "b3", 9090));
        }
    }

    @Test
    final void tcpAndUdpOnOneAddressAndPortAreApart() {
        TestService both = service().tcp("tcp", 53, 8080).udp("udp", 53, 8081).to(lab().b1());
        serve(both);
        for (String address : both.clusterIps()) {
            assertThat(answers(lab().pod(), address, 53).serverPort()).isEqualTo(8080);
            assertThat(answersUdp(lab().pod(), address, 53).serverPort()).isEqualTo(8081);
        }
    }

    @Test
    final void familiesOfDualStackServiceNeverMix() {
        TestService web =
                web().to(TestEndpoint.of(lab().b1()), TestEndpoint.of(lab().b3()).onlyIpv4());
        serve(web);
        assertThat(reached(lab().pod(), web.clusterIps().get(0), 80)).containsExactly("b1", "b3");
        assertThat(reached(lab().pod(), web.clusterIps().get(1), 80)).containsExactly("b1");
        serve(web.to(TestEndpoint.of(lab().b3()).onlyIpv4()));
        refused(lab().pod(), web.clusterIps().get(1), 80);
    }

    @Test
    final void unknownPortOfLiveClusterAddressReachesNobody() {
        TestService web = web(lab().b1());
        serve(web);
        for (String address : web.clusterIps()) {
            answers(lab().pod(), address, 80);
            if (mode() == NodeMode.NFTABLES || mode() == NodeMode.IPVS) {
                refused(lab().pod(), address, 8080);
            } else {
                notServed(lab().pod(), address, 8080);
            }
        }
    }

    @Test
    @Order(LAST)
    final void addressOfTheServiceNetworkThatNoServiceHasIsDropped() {
        assumeTrue(mode() == NodeMode.NFTABLES, "only nftables mode knows the Services' network");
        program().withFlags("--service-cidr", "10.96.0.0/16,fd00:96::/112");
        serve(web(lab().b1()));
        for (String address : service().clusterIps()) {
            silent(lab().client(), address, 80);
            silent(lab().pod(), address, 80);
        }
    }

    @Test
    final void removedServiceIsServedNoMore() {
        TestService web = web(lab().b1());
        TestService other = web(lab().b1());
        serve(web, other);
        for (String address : web.clusterIps()) {
            answers(lab().pod(), address, 80);
        }
        serve(other);
        for (String address : web.clusterIps()) {
            notServed(lab().pod(), address, 80);
        }
    }

    @Test
    final void headlessAndExternalNameServicesChangeNoRule() {
        TestService web = web(lab().b1());
        program().serveWithSentinel(1900, web);
        program().serveWithSentinel(1901, web);
        NodeRules before = NodeRules.of(lab().node1());
        TestService headless =
                new TestService("headless", List.of("None")).tcp("http", 80, 8080).to(lab().b1());
        TestService external =
                new TestService("elsewhere", List.of())
                        .type("ExternalName")
                        .spec("externalName: example.com");
        program().serveWithSentinel(1900, web, headless, external);
        program().serveWithSentinel(1901, web, headless, external);
        assertThat(NodeRules.of(lab().node1())).isEqualTo(before);
    }
}
