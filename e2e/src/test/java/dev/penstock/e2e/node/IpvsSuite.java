package dev.penstock.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.penstock.e2e.node.lab.Host;
import dev.penstock.e2e.node.lab.Peer;
import dev.penstock.e2e.node.lab.TcpSession;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What only the kernel's virtual servers do. */
abstract class IpvsSuite extends NodeSuite {
    private static final List<String> SCHEDULERS =
            List.of(
                    "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "dh", "sed", "nq", "fo", "ovf",
                    "mh");
    private static final int SOURCES = 100;

    /** The lines of a virtual server of IPv4 in the kernel's table: itself, then its servers. */
    private List<String> virtualServer(String address, int port) {
        String head = "TCP  %s:%04X ".formatted(hex(address), port);
        List<String> lines = lab().node1().network().run("cat", "/proc/net/ip_vs").lines().toList();
        List<String> found = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith(head) || (!found.isEmpty() && line.startsWith("  ->"))) {
                found.add(line.strip());
            } else if (!found.isEmpty()) {
                break;
            }
        }
        return found;
    }

    private static String hex(String ipv4) {
        return HexFormat.of().withUpperCase().formatHex(InetAddress.ofLiteral(ipv4).getAddress());
    }

    @Test
    final void everySchedulerIsTakenAndSeenInTheKernel() {
        Map<String, TestService> services = new TreeMap<>();
        for (String scheduler : SCHEDULERS) {
            services.put(
                    scheduler, web(lab().b1(), lab().b3()).annotation("ipvs-scheduler", scheduler));
        }
        serve(services.values().toArray(TestService[]::new));
        services.forEach((scheduler, service) -> {
            String address = service.clusterIps().getFirst();
            assertThat(virtualServer(address, 80)).hasSize(3);
            assertThat(virtualServer(address, 80).getFirst())
                    .matches("TCP +\\S+ " + scheduler + "( .*)?");
            answers(lab().pod(), address, 80);
        });
    }

    @Test
    final void weightedTurnsFollowTheWeights() {
        TestService web =
                web(lab().b1(), lab().b3())
                        .annotation("ipvs-scheduler", "wrr")
                        .annotation(
                                "l4-weights", lab().b1().ipv4() + "=3," + lab().b3().ipv4() + "=1");
        serve(web);
        Map<String, Long> shares =
                lab().pod().tcpTimes(80, web.clusterIps().getFirst(), 80).stream()
                        .collect(Collectors.groupingBy(Peer::server, Collectors.counting()));
        assertThat(shares).isEqualTo(Map.of("b1", 60L, "b3", 20L));
    }

    @Test
    final void maglevKeepsMostSourcesWhenOneOfNineEndpointsGoes() {
        lab().node1().network().ip("route add 10.244.1.128/25 dev p\n");
        lab().pod().network().ip("route add local 10.244.1.128/25 dev lo\n");
        List<TestEndpoint> endpoints = new ArrayList<>();
        for (Host backend : lab().backends()) {
            for (int port : List.of(8080, 8081, 9090)) {
                endpoints.add(TestEndpoint.of(backend).port(port).onlyIpv4());
            }
        }
        TestService web =
                web().to(endpoints.toArray(TestEndpoint[]::new)).annotation("ipvs-scheduler", "mh");
        serve(web);
        Map<String, String> before = serverBySource(web.clusterIps().getFirst());
        assertThat(before.values().stream().distinct().count()).isGreaterThan(5);
        assertThat(serverBySource(web.clusterIps().getFirst())).isEqualTo(before);
        endpoints.removeFirst();
        serve(web.to(endpoints.toArray(TestEndpoint[]::new)));
        Map<String, String> after = serverBySource(web.clusterIps().getFirst());
        before.values().removeIf("b1:8080"::equals);
        long kept =
                before.entrySet().stream()
                        .filter(entry -> entry.getValue().equals(after.get(entry.getKey())))
                        .count();
        assertThat(kept).isGreaterThanOrEqualTo(before.size() * 9 / 10);
    }

    private Map<String, String> serverBySource(String address) {
        Map<String, String> servers = new TreeMap<>();
        for (int i = 0; i < SOURCES; i++) {
            String source = "10.244.1." + (130 + i);
            Peer peer =
                    lab().pod().tcpFrom(new InetSocketAddress(source, 0), address, 80).answered();
            servers.put(source, peer.server() + ":" + peer.serverPort());
        }
        return servers;
    }

    @Test
    final void removedEndpointStaysWithWeightZeroUntilItsConnectionsEnd() throws IOException {
        TestService web = web(lab().b1(), lab().b3());
        serve(web);
        String address = web.clusterIps().getFirst();
        String gone = hex(lab().b1().ipv4());
        List<TcpSession> sessions = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                sessions.add(lab().pod().open(address, 80));
            }
            serve(web.to(lab().b3()));
            assertThat(virtualServer(address, 80))
                    .anySatisfy(line -> assertThat(line).matches("-> " + gone + ".*Masq +0 .*"));
            assertThat(reached(lab().pod(), address, 80)).containsExactly("b3");
            for (TcpSession session : sessions) {
                assertThat(session.echo("still there")).isEqualTo("still there");
                session.resetAtEnd();
            }
        } finally {
            sessions.forEach(TcpSession::close);
        }
        await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() ->
                        assertThat(virtualServer(address, 80))
                                .noneMatch(line -> line.contains(gone)));
    }

    @Test
    final void programOfTheNodeIsNotReachedThroughAServiceAddress() throws IOException {
        TestService web = web(lab().b1());
        serve(web);
        int health = NodeProgram.HEALTH_PORT;
        int everywhere = 9999;
        try (ServerSocketChannel server =
                lab().node1().network().callIo(ServerSocketChannel::open)) {
            server.bind(new InetSocketAddress(everywhere));
            for (String address : web.clusterIps()) {
                answers(lab().client(), address, 80);
                refused(lab().client(), address, everywhere);
                refused(lab().client(), address, health);
            }
        }
    }

    @Test
    final void addressesOfServicesLeadToALinkOfOursOnly() {
        TestService web = web(lab().b1()).externalIps(nodeLab().externalIps().getFirst());
        serve(web);
        List<String> all = new ArrayList<>(web.clusterIps());
        all.addAll(web.externalIps());
        String routes =
                lab().node1()
                        .network()
                        .run("sh", "-c", "for f in -4 -6; do ip $f route show table all; done");
        for (String address : all) {
            assertThat(routes.lines().filter(line -> line.contains(" " + address + " ")))
                    .isNotEmpty()
                    .allMatch(line -> line.contains(" dev penstock"));
        }
    }
}
