package dev.penstock.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.e2e.node.lab.Host;
import dev.penstock.e2e.node.lab.Outcome;
import dev.penstock.e2e.node.lab.TcpSession;
import dev.penstock.e2e.node.lab.UdpSocket;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Endpoints that come, go, end and are meant for some nodes. */
abstract class EndpointSuite extends NodeSuite {

    @Test
    final void serviceWithoutEndpointsIsRefusedAtOnceOnAllItsAddresses() {
        List<String> external = nodeLab().externalIps();
        List<String> vips = nodeLab().externalIps();
        int port = nodeLab().nodePort();
        TestService none =
                service()
                        .tcp("http", 80, 8080)
                        .udp("dns", 53, 8080)
                        .nodePort(port)
                        .externalIps(external.toArray(String[]::new))
                        .loadBalancer(vips.toArray(String[]::new));
        serve(none);
        for (Host from : List.of(lab().client(), lab().pod(), lab().node1())) {
            for (int family = 0; family < 2; family++) {
                String node = lab().node1().addressLike(none.clusterIps().get(family));
                for (String address :
                        List.of(
                                none.clusterIps().get(family),
                                external.get(family),
                                vips.get(family))) {
                    refused(from, address, 80);
                    refusedUdp(from, address, 53);
                }
                refused(from, node, port);
                refusedUdp(from, node, port + 1);
            }
        }
    }

    @Test
    final void firstEndpointServesTheNextConnectionAlsoOfARefusedSocket() {
        TestService both = service().tcp("http", 80, 8080).udp("dns", 53, 8080);
        serve(both);
        String address = both.clusterIps().getFirst();
        refused(lab().pod(), address, 80);
        try (UdpSocket socket = lab().pod().udpConnected(address, 53, 0)) {
            assertThat(socket.ask(address, 53).outcome()).isEqualTo(Outcome.REFUSED);
            serve(both.to(lab().b3()));
            assertThat(socket.ask(address, 53).outcome()).isEqualTo(Outcome.ANSWERED);
        }
        answers(lab().pod(), address, 80);
    }

    @Test
    final void transferOutlivesItsEndpointAndNewConnectionsAvoidIt() throws IOException {
        TestService web = web(lab().b1());
        serve(web);
        for (String address : web.clusterIps()) {
            serve(web.to(lab().b1()));
            try (TcpSession inside = lab().pod().open(address, 80);
                    TcpSession outside = lab().client().open(address, 80)) {
                assertThat(inside.echo("before")).isEqualTo("before");
                serve(web.to(lab().b3()));
                assertThat(reached(lab().pod(), address, 80)).containsExactly("b3");
                assertThat(inside.echo("after")).isEqualTo("after");
                assertThat(outside.echo("after")).isEqualTo("after");
                serve(web.toNobody());
                assertThat(inside.echo("at the end")).isEqualTo("at the end");
            }
        }
    }

    @Test
    final void notReadyEndpointIsNotUsed() {
        TestService web =
                web().to(TestEndpoint.of(lab().b1()).notReady(), TestEndpoint.of(lab().b3()));
        serve(web);
        for (String address : web.clusterIps()) {
            assertThat(reached(lab().pod(), address, 80)).containsExactly("b3");
        }
    }

    @Test
    final void terminatingEndpointIsUsedOnlyWhileNoneIsReady() {
        TestService web =
                web().to(
                                TestEndpoint.of(lab().b1()).terminating(),
                                TestEndpoint.of(lab().b2()).gone());
        serve(web);
        String address = web.clusterIps().getFirst();
        assertThat(reached(lab().pod(), address, 80)).containsExactly("b1");
        serve(
                web.to(
                        TestEndpoint.of(lab().b1()).terminating(),
                        TestEndpoint.of(lab().b2()).gone(),
                        TestEndpoint.of(lab().b3())));
        assertThat(reached(lab().pod(), address, 80)).containsExactly("b3");
    }

    @Test
    final void terminatingEndpointThatServesNoMoreNeverGetsAConnection() {
        TestService web = web().to(TestEndpoint.of(lab().b1()).gone());
        serve(web);
        for (String address : web.clusterIps()) {
            refused(lab().pod(), address, 80);
        }
    }

    @Test
    @Order(LAST)
    @NodeFlags({"--zone", "a"})
    final void zoneHintsKeepTrafficInTheZoneAsLongAsAllEndpointsHaveThem() {
        TestEndpoint inZone = TestEndpoint.of(lab().b3()).forZone("a");
        TestEndpoint elsewhere = TestEndpoint.of(lab().b1()).forZone("b");
        TestService web = web().to(inZone, elsewhere);
        String address = web.clusterIps().getFirst();
        serve(web);
        assertThat(reached(lab().pod(), address, 80)).containsExactly("b3");
        serve(web.to(inZone, elsewhere, TestEndpoint.of(lab().b2())));
        assertThat(reached(lab().pod(), address, 80)).containsExactly("b1", "b2", "b3");
        serve(web.to(elsewhere, TestEndpoint.of(lab().b2()).forZone("b")));
        assertThat(reached(lab().pod(), address, 80)).containsExactly("b1", "b2");
    }

    @Test
    @Order(LAST)
    @NodeFlags({"--zone", "a"})
    final void nodeHintsWinOverZoneHintsWhereAllEndpointsHaveThem() {
        TestEndpoint here = TestEndpoint.of(lab().b1()).forZoneAndNode("a");
        TestEndpoint there = TestEndpoint.of(lab().b3()).forZoneAndNode("a");
        TestService web = web().to(here, there);
        String address = web.clusterIps().getFirst();
        serve(web);
        assertThat(reached(lab().pod(), address, 80)).containsExactly("b1");
        serve(web.to(here, there, TestEndpoint.of(lab().b2()).forZone("a")));
        assertThat(reached(lab().pod(), address, 80)).containsExactly("b1", "b2", "b3");
    }
}
