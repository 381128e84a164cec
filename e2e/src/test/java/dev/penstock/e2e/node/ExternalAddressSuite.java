package dev.penstock.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.e2e.node.lab.Host;
import java.util.List;
import org.junit.jupiter.api.Test;

/** External IPs and addresses of load balancers. */
abstract class ExternalAddressSuite extends NodeSuite {

    @Test
    final void externalIpThatNoNodeOwnsIsServed() {
        List<String> addresses = nodeLab().externalIps();
        serve(web(lab().b1(), lab().b3()).externalIps(addresses.toArray(String[]::new)));
        for (String address : addresses) {
            assertThat(reached(lab().client(), address, 80)).containsExactly("b1", "b3");
            seesNode(answers(lab().client(), address, 80));
            answers(lab().pod(), address, 80);
            answers(lab().node1(), address, 80);
        }
    }

    @Test
    final void loadBalancerAddressIsServedUnlessItsModeIsProxy() {
        List<String> vips = nodeLab().externalIps();
        List<String> proxied = nodeLab().externalIps();
        TestService web =
                web(lab().b1(), lab().b3())
                        .nodePort(nodeLab().nodePort())
                        .loadBalancer(vips.toArray(String[]::new));
        proxied.forEach(web::loadBalancerProxy);
        serve(web);
        for (Host from : List.of(lab().client(), lab().pod(), lab().node1())) {
            vips.forEach(address -> answers(from, address, 80));
            proxied.forEach(address -> notServed(from, address, 80));
        }
    }

    @Test
    final void loadBalancerIsServedWithoutNodePort() {
        List<String> vips = nodeLab().externalIps();
        serve(
                web(lab().b1())
                        .loadBalancer(vips.toArray(String[]::new))
                        .spec("allocateLoadBalancerNodePorts: false"));
        vips.forEach(address -> answers(lab().client(), address, 80));
    }

    @Test
    final void sourcesOutsideTheRangesAreDroppedAtTheLoadBalancerAddressOnly() {
        List<String> vips = nodeLab().externalIps();
        int port = nodeLab().nodePort();
        serve(
                web(lab().b1(), lab().b3())
                        .nodePort(port)
                        .loadBalancer(vips.toArray(String[]::new))
                        .spec("loadBalancerSourceRanges: [172.18.0.21/32, 'fd00:18::21/128']"));
        for (String address : vips) {
            answers(lab().client(), address, 80);
            silent(lab().otherClient(), address, 80);
            answers(lab().otherClient(), lab().node1().addressLike(address), port);
        }
    }

    @Test
    final void nodeInTheRangesReachesTheLoadBalancerAddressThatIsItsOwn() {
        List<String> vips = nodeLab().externalIps();
        Host node = lab().node1();
        node.network()
                .ip(
                        "addr add %s/32 dev lo\naddr add %s/128 dev lo nodad\n"
                                .formatted(vips.get(0), vips.get(1)));
        try {
            serve(
                    web(lab().b1(), lab().b3())
                            .nodePort(nodeLab().nodePort())
                            .loadBalancer(vips.toArray(String[]::new))
                            .spec("loadBalancerSourceRanges: [172.18.0.11/32, 'fd00:18::11/128']"));
            for (String address : vips) {
                answers(node, address, 80);
                silent(lab().client(), address, 80);
            }
        } finally {
            node.network()
                    .ip(
                            "addr del %s/32 dev lo\naddr del %s/128 dev lo\n"
                                    .formatted(vips.get(0), vips.get(1)));
        }
    }
}
