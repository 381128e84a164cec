package dev.penstock.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.e2e.node.lab.Host;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Node ports. */
abstract class NodePortSuite extends NodeSuite {
    private static final int LOOPBACK_PORT = 9999;

    @Test
    final void nodePortIsServedOnEveryNodeAddress() {
        int port = nodeLab().nodePort();
        TestService web = web(lab().b1(), lab().b3()).nodePort(port);
        serve(web);
        for (String family : web.clusterIps()) {
            String first = lab().node1().addressLike(family);
            assertThat(reached(lab().client(), first, port)).containsExactly("b1", "b3");
            answers(lab().client(), lab().secondAddressLike(family), port);
            answers(lab().pod(), first, port);
            answers(lab().node1(), first, port);
        }
    }

    @Test
    final void tcpAndUdpNodePortsOfOneNumberAreApart() {
        int port = nodeLab().nodePort();
        TestService tcp = web(lab().b1()).nodePort(port);
        TestService udp = service().udp("dns", 53, 8081).to(lab().b3()).nodePort(port);
        serve(tcp, udp);
        for (String family : tcp.clusterIps()) {
            String node = lab().node1().addressLike(family);
            assertThat(answers(lab().client(), node, port).serverPort()).isEqualTo(8080);
            assertThat(answersUdp(lab().client(), node, port).serverPort()).isEqualTo(8081);
        }
    }

    @Test
    final void clientIsSeenAsTheNodeUnlessThePolicyIsLocal() {
        int port = nodeLab().nodePort();
        TestService cluster = web(lab().b1(), lab().b3()).nodePort(port);
        serve(cluster);
        for (String family : cluster.clusterIps()) {
            lab().client()
                    .tcpTimes(10, lab().node1().addressLike(family), port)
                    .forEach(this::seesNode);
        }
        serve(cluster.spec("externalTrafficPolicy: Local"));
        for (String family : cluster.clusterIps()) {
            String node = lab().node1().addressLike(family);
            assertThat(reached(lab().client(), node, port)).containsExactly("b1");
            seesClient(answers(lab().client(), node, port), lab().client());
        }
    }

    @Test
    @Order(LAST)
    @NodeFlags({"--nodeport-addresses", "172.18.0.0/24,fd00:18::/64"})
    final void nodePortIsNotServedOnAddressesThatAreNotChosen() {
        int port = nodeLab().nodePort();
        TestService web = web(lab().b1()).nodePort(port);
        serve(web);
        for (String family : web.clusterIps()) {
            for (Host from : List.of(lab().client(), lab().pod(), lab().node1())) {
                answers(from, lab().node1().addressLike(family), port);
                notServed(from, lab().secondAddressLike(family), port);
            }
        }
    }

    @Test
    final void nodePortIsServedOnLoopbackInTheModesInWhichKubeProxyServesIt() {
        int port = nodeLab().nodePort();
        serve(web(lab().b1()).nodePort(port));
        if (mode().isIptables() || mode() == NodeMode.USERSPACE) {
            answers(lab().node1(), "127.0.0.1", port);
        } else {
            notServed(lab().node1(), "127.0.0.1", port);
        }
        if (mode() == NodeMode.USERSPACE) {
            answers(lab().node1(), "::1", port);
        } else {
            notServed(lab().node1(), "::1", port);
        }
    }

    @Test
    @Order(LAST - 2)
    @NodeFlags("--localhost-nodeports=false")
    final void nodePortIsNotServedOnLoopbackWhenThatIsSwitchedOff() {
        int port = nodeLab().nodePort();
        serve(web(lab().b1()).nodePort(port));
        answers(lab().node1(), lab().node1().ipv4(), port);
        notServed(lab().node1(), "127.0.0.1", port);
        notServed(lab().node1(), "::1", port);
    }

    @Test
    @Order(LAST - 1)
    @NodeFlags("--localhost-nodeports")
    final void nodePortIsServedOnLoopbackWhenAskedFor() {
        int port = nodeLab().nodePort();
        serve(web(lab().b1()).nodePort(port));
        // Its socket opens after the rules are in force.
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> answers(lab().node1(), "127.0.0.1", port));
    }

    @Test
    @Order(LAST - 1)
    @NodeFlags("--localhost-nodeports")
    final void neighboursNeverReachWhatListensOnLoopbackOfTheNode() throws IOException {
        serve(web(lab().b1()).nodePort(nodeLab().nodePort()));
        Host attacker = lab().otherClient();
        attacker.network().sysctl("net/ipv4/conf/all/route_localnet", "1");
        attacker.network()
                .ip(
                        """
                        rule add pref 10 to 127.0.0.1/32 lookup 100
                        route add 127.0.0.1/32 via 172.18.0.11 src 172.18.0.22 table 100
                        rule add pref 20 lookup local
                        rule del pref 0
                        """);
        try (ServerSocketChannel listening =
                lab().node1()
                        .network()
                        .callIo(() -> ServerSocketChannel.open(StandardProtocolFamily.INET))) {
            listening.bind(
                    new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), LOOPBACK_PORT));
            silent(attacker, "127.0.0.1", LOOPBACK_PORT);
        } finally {
            attacker.network()
                    .ip(
                            """
                            rule add pref 0 lookup local
                            rule del pref 10
                            rule del pref 20
                            route del 127.0.0.1/32 table 100
                            """);
            attacker.network().sysctl("net/ipv4/conf/all/route_localnet", "0");
        }
    }
}
