package dev.penstock.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.e2e.node.lab.Host;
import dev.penstock.e2e.node.lab.Peer;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Whose address backends see. */
abstract class MasqueradeSuite extends NodeSuite {

    @Test
    final void backendThatReachesItselfSeesTheNode() {
        TestService web = web(lab().b1()).udp("dns", 53, 8080);
        serve(web);
        for (String address : web.clusterIps()) {
            Peer peer = answers(lab().b1(), address, 80);
            assertThat(peer.server()).isEqualTo("b1");
            seesNode(peer);
            seesNode(answersUdp(lab().b1(), address, 53));
        }
    }

    @Test
    final void outsideIsMasqueradedToClusterAddressesAndInsideIsNot() {
        TestService local = web(lab().b1());
        TestService remote = web(lab().b3());
        serve(local, remote);
        for (TestService web : List.of(local, remote)) {
            for (String address : web.clusterIps()) {
                seesNode(answers(lab().client(), address, 80));
                seesNode(answers(lab().node1(), address, 80));
                seesClient(answers(lab().pod(), address, 80), lab().pod());
            }
        }
    }

    @Test
    @Order(LAST)
    @NodeFlags("--masquerade-all")
    final void everythingIsMasqueradedWhenAskedFor() {
        List<String> vips = nodeLab().externalIps();
        int port = nodeLab().nodePort();
        TestService web =
                web(lab().b1())
                        .nodePort(port)
                        .loadBalancer(vips.toArray(String[]::new))
                        .spec("externalTrafficPolicy: Local");
        serve(web);
        for (int family = 0; family < 2; family++) {
            String address = web.clusterIps().get(family);
            for (Host from : List.of(lab().client(), lab().pod(), lab().node1())) {
                seesNode(answers(from, address, 80));
                seesNode(answers(from, vips.get(family), 80));
                seesNode(answers(from, lab().node1().addressLike(address), port));
            }
        }
    }
}
