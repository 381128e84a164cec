package dev.penstock.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.penstock.e2e.node.lab.Host;
import dev.penstock.e2e.node.lab.Peer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Session affinity by the client's address. */
abstract class AffinitySuite extends NodeSuite {
    private static final int CONNECTIONS = 50;

    private TestService sticky(int timeoutSeconds) {
        return web(lab().b1(), lab().b2(), lab().b3()).affinity(timeoutSeconds);
    }

    /** The one backend that answers a client again and again. */
    private static String only(Host from, String address, int port) {
        List<String> servers =
                from.tcpTimes(CONNECTIONS, address, port).stream()
                        .map(Peer::server)
                        .distinct()
                        .toList();
        assertThat(servers).as("from %s to %s", from, address).hasSize(1);
        return servers.getFirst();
    }

    @Test
    final void clientStaysWithOneBackendWhateverItsPort() {
        TestService sticky = sticky(10_800);
        serve(sticky);
        for (String address : sticky.clusterIps()) {
            only(lab().pod(), address, 80);
            only(lab().client(), address, 80);
            only(lab().node1(), address, 80);
        }
    }

    @Test
    final void clientsChooseApartFromEachOther() {
        // One of ten Services at least has its two clients on different backends, but for a
        // chance of 3^-10.
        TestService[] services = new TestService[10];
        for (int i = 0; i < services.length; i++) {
            services[i] = sticky(10_800);
        }
        serve(services);
        long different = 0;
        for (TestService service : services) {
            String address = service.clusterIps().getFirst();
            String first = answers(lab().pod(), address, 80).server();
            String second = answers(lab().client(), address, 80).server();
            assertThat(answers(lab().pod(), address, 80).server()).isEqualTo(first);
            assertThat(answers(lab().client(), address, 80).server()).isEqualTo(second);
            different += first.equals(second) ? 0 : 1;
        }
        assertThat(different).isPositive();
    }

    @Test
    final void affinityHoldsOverAllAddressesOfTheService() {
        List<String> vips = nodeLab().externalIps();
        int port = nodeLab().nodePort();
        TestService sticky =
                sticky(10_800).nodePort(port).loadBalancer(vips.toArray(String[]::new));
        serve(sticky);
        for (int family = 0; family < 2; family++) {
            String clusterIp = sticky.clusterIps().get(family);
            String chosen = only(lab().client(), clusterIp, 80);
            String atVip = only(lab().client(), vips.get(family), 80);
            String atNode = only(lab().client(), lab().node1().addressLike(clusterIp), port);
            if (mode() != NodeMode.IPVS) {
                assertThat(List.of(atVip, atNode)).containsOnly(chosen);
            }
        }
    }

    @Test
    final void affinityIsRenewedByUseAndForgottenWhenIdle() {
        TestService sticky = sticky(2);
        serve(sticky);
        String address = sticky.clusterIps().getFirst();
        String chosen = answers(lab().pod(), address, 80).server();
        await().during(Duration.ofSeconds(4))
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> answers(lab().pod(), address, 80).server().equals(chosen));
        // Each of these is one try with a fresh choice of three. The kernel looks at a client of
        // ipvs that had a connection when its time was over a minute later only.
        Duration idle = Duration.ofMillis(mode() == NodeMode.IPVS ? 65_000 : 3200);
        await().atMost(idle.multipliedBy(20))
                .pollDelay(idle)
                .pollInterval(idle)
                .until(() -> !answers(lab().pod(), address, 80).server().equals(chosen));
    }

    @Test
    final void clientOfARemovedBackendChoosesAnewAndStaysThere() {
        TestService sticky = sticky(10_800);
        serve(sticky);
        for (String address : sticky.clusterIps()) {
            serve(sticky.to(lab().b1(), lab().b2(), lab().b3()));
            String chosen = only(lab().pod(), address, 80);
            Host[] rest =
                    lab().backends().stream()
                            .filter(backend -> !backend.name().equals(chosen))
                            .toArray(Host[]::new);
            serve(sticky.to(rest));
            String next = only(lab().pod(), address, 80);
            assertThat(next).isNotEqualTo(chosen);
            serve(sticky.to(lab().b1(), lab().b2(), lab().b3()));
            assertThat(only(lab().pod(), address, 80)).isEqualTo(next);
        }
    }

    @Test
    final void affinityIsSwitchedOnAndOffForNewConnections() {
        TestService web = web(lab().b1(), lab().b2(), lab().b3());
        String address = web.clusterIps().getFirst();
        serve(web);
        assertThat(reached(lab().pod(), address, 80)).hasSize(3);
        serve(web.spec("sessionAffinity: ClientIP"));
        only(lab().pod(), address, 80);
        serve(web.withoutSpec("sessionAffinity: ClientIP"));
        assertThat(reached(lab().pod(), address, 80)).hasSize(3);
    }

    @Test
    final void affinityHoldsForDatagrams() {
        TestService sticky = dns(lab().b1(), lab().b2(), lab().b3()).affinity(10_800);
        serve(sticky);
        for (String address : sticky.clusterIps()) {
            String chosen = answersUdp(lab().pod(), address, 53).server();
            for (int i = 0; i < CONNECTIONS; i++) {
                assertThat(answersUdp(lab().pod(), address, 53).server()).isEqualTo(chosen);
            }
        }
    }
}
