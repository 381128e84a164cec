package dev.penstock.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.penstock.e2e.node.lab.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The traffic policies Local, and the health answers that go with them. */
abstract class TrafficPolicySuite extends NodeSuite {

    @Test
    final void localExternalPolicyWithoutLocalEndpointsDropsClientsAndServesPodsAndNode() {
        List<String> vips = nodeLab().externalIps();
        int port = nodeLab().nodePort();
        serve(
                web(lab().b3())
                        .nodePort(port)
                        .loadBalancer(vips.toArray(String[]::new))
                        .spec("externalTrafficPolicy: Local"));
        for (String vip : vips) {
            String node = lab().node1().addressLike(vip);
            silent(lab().client(), vip, 80);
            silent(lab().client(), node, port);
            for (Host from : List.of(lab().pod(), lab().node1())) {
                assertThat(answers(from, vip, 80).server()).isEqualTo("b3");
                assertThat(answers(from, node, port).server()).isEqualTo("b3");
            }
        }
    }

    @Test
    final void localExternalPolicyKeepsClientsAddressAndStaysOnTheNode() {
        List<String> vips = nodeLab().externalIps();
        serve(
                web(lab().b1(), lab().b3())
                        .nodePort(nodeLab().nodePort())
                        .loadBalancer(vips.toArray(String[]::new))
                        .spec("externalTrafficPolicy: Local"));
        for (String vip : vips) {
            assertThat(reached(lab().client(), vip, 80)).containsExactly("b1");
            seesClient(answers(lab().client(), vip, 80), lab().client());
            // Pods of the cluster are not outside, and the node itself is not either.
            assertThat(reached(lab().pod(), vip, 80)).containsExactly("b1", "b3");
            seesClient(answers(lab().pod(), vip, 80), lab().pod());
            assertThat(reached(lab().node1(), vip, 80)).containsExactly("b1", "b3");
        }
    }

    @Test
    final void localInternalPolicyStaysOnTheNode() {
        TestService web = web(lab().b1(), lab().b3()).spec("internalTrafficPolicy: Local");
        serve(web);
        for (String address : web.clusterIps()) {
            for (Host from : List.of(lab().client(), lab().pod(), lab().node1())) {
                assertThat(reached(from, address, 80)).containsExactly("b1");
            }
        }
    }

    @Test
    final void localInternalPolicyWithoutLocalEndpointsDropsAndLeavesNodePortAlone() {
        int port = nodeLab().nodePort();
        TestService web = web(lab().b3()).nodePort(port).spec("internalTrafficPolicy: Local");
        serve(web);
        for (String address : web.clusterIps()) {
            silent(lab().client(), address, 80);
            silent(lab().pod(), address, 80);
            answers(lab().client(), lab().node1().addressLike(address), port);
        }
    }

    @Test
    final void healthCheckNodePortCountsLocalReadyEndpoints() {
        int port = nodeLab().nodePort();
        int healthPort = nodeLab().nodePort();
        TestService web =
                web(lab().b1(), lab().b2(), lab().b3())
                        .nodePort(port)
                        .loadBalancer(nodeLab().externalIps().getFirst())
                        .spec("externalTrafficPolicy: Local")
                        .spec("healthCheckNodePort: " + healthPort);
        serve(web);
        assertHealth(web, healthPort, 200, 2);
        serve(web.to(TestEndpoint.of(lab().b1()), TestEndpoint.of(lab().b2()).notReady()));
        assertHealth(web, healthPort, 200, 1);
        serve(web.to(lab().b3()));
        assertHealth(web, healthPort, 503, 0);
        serve(web.withoutSpec("externalTrafficPolicy: Local"));
        await().until(() -> health(healthPort).status() == 0);
    }

    @Test
    final void terminatingLocalEndpointServesWhileItsNodeIsAlreadyUnhealthy() {
        int port = nodeLab().nodePort();
        int healthPort = nodeLab().nodePort();
        TestService web =
                web().to(TestEndpoint.of(lab().b1()).terminating(), TestEndpoint.of(lab().b3()))
                        .nodePort(port)
                        .loadBalancer(nodeLab().externalIps().getFirst())
                        .spec("externalTrafficPolicy: Local")
                        .spec("healthCheckNodePort: " + healthPort);
        serve(web);
        assertHealth(web, healthPort, 503, 0);
        for (String family : web.clusterIps()) {
            assertThat(reached(lab().client(), lab().node1().addressLike(family), port))
                    .containsExactly("b1");
        }
    }

    private void assertHealth(TestService service, int port, int status, int endpoints) {
        // The answer follows the rules, a moment after them.
        List<HttpAnswer> last = new ArrayList<>();
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> {
                    HttpAnswer answer = health(port);
                    last.add(answer);
                    assertThat(answer.status()).isEqualTo(status);
                    assertThat(answer.body().replaceAll("\\s", ""))
                            .contains("\"namespace\":\"default\"")
                            .contains("\"name\":\"" + service.name() + "\"")
                            .contains("\"localEndpoints\":" + endpoints)
                            .contains("\"serviceProxyHealthy\":true");
                });
        assertThat(last.getLast().head()).contains("x-content-type-options: nosniff");
    }

    private HttpAnswer health(int port) {
        return HttpAnswer.get(lab().client(), lab().node1().ipv4(), port, "/");
    }
}
