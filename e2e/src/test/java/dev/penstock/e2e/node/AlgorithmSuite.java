package dev.penstock.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.e2e.node.lab.Host;
import dev.penstock.e2e.node.lab.Peer;
import dev.penstock.e2e.node.lab.TcpSession;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The choice of a destination, where a Service asks for one by its annotations. */
abstract class AlgorithmSuite extends NodeSuite {
    private static final int SOURCE_PORT_MIN = 20_000;
    private static final int SOURCES = 60;

    private TestService with(String algorithm, Host... backends) {
        assumeTrue(mode().algorithms().contains(algorithm), mode() + " mode has no " + algorithm);
        return web(backends).annotation("l4-algorithm", algorithm);
    }

    private Map<String, Long> shares(String address, int connections) {
        return lab().pod().tcpTimes(connections, address, 80).stream()
                .collect(Collectors.groupingBy(Peer::server, Collectors.counting()));
    }

    @Test
    final void algorithmThatTheModeLacksIsNamedAndItsDefaultUsed() {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "random",
                                "round-robin",
                                "weighted",
                                "maglev",
                                "least-connections",
                                "source-hash"));
        all.removeAll(mode().algorithms());
        for (String algorithm : all) {
            TestService web = web(lab().b1(), lab().b3()).annotation("l4-algorithm", algorithm);
            serve(web);
            assertThat(reached(lab().pod(), web.clusterIps().getFirst(), 80))
                    .containsExactly("b1", "b3");
            await().until(() ->
                    program().process().output().stream()
                            .anyMatch(
                                    line -> line.contains(web.name()) && line.contains(algorithm)));
        }
    }

    @Test
    final void roundRobinIsExact() {
        TestService web = with("round-robin", lab().b1(), lab().b2(), lab().b3());
        serve(web);
        for (String address : web.clusterIps()) {
            assertThat(shares(address, 30)).isEqualTo(Map.of("b1", 10L, "b2", 10L, "b3", 10L));
        }
    }

    @Test
    final void weightsSetTheShares() {
        String weights =
                lab().b1().ipv4() + "=3," + lab().b3().ipv4() + "=1," + lab().b2().ipv4() + "=0";
        TestService web =
                with("weighted", lab().b1(), lab().b2(), lab().b3())
                        .annotation("l4-weights", weights);
        serve(web);
        int connections = 1000;
        Map<String, Long> shares = shares(web.clusterIps().getFirst(), connections);
        assertThat(shares).containsOnlyKeys("b1", "b3");
        double tolerance = 4 * Math.sqrt(connections * 3 / 16.0);
        assertThat(Math.abs(shares.getOrDefault("b1", 0L) - connections * 3 / 4.0))
                .isLessThan(tolerance);
    }

    @Test
    final void maglevKeepsMostConnectionsWhereTheyWere() {
        List<TestEndpoint> endpoints = new ArrayList<>();
        for (Host backend : lab().backends()) {
            for (int port : List.of(8080, 8081, 9090)) {
                endpoints.add(TestEndpoint.of(backend).port(port));
            }
        }
        TestService web = with("maglev").to(endpoints.toArray(TestEndpoint[]::new));
        serve(web);
        String address = web.clusterIps().getFirst();
        Map<Integer, String> before = serverByPort(address);
        assertThat(before.values().stream().distinct().count()).isGreaterThan(5);
        assertThat(serverByPort(address)).isEqualTo(before);
        serve(web.to(endpoints.subList(1, 9).toArray(TestEndpoint[]::new)));
        Map<Integer, String> after = serverByPort(address);
        before.values().removeIf("b1:8080"::equals);
        long kept =
                before.entrySet().stream()
                        .filter(entry -> entry.getValue().equals(after.get(entry.getKey())))
                        .count();
        assertThat(kept).isGreaterThanOrEqualTo(before.size() * 8 / 10);
    }

    private Map<Integer, String> serverByPort(String address) {
        Map<Integer, String> servers = new TreeMap<>();
        for (int port = SOURCE_PORT_MIN; port < SOURCE_PORT_MIN + SOURCES; port++) {
            InetSocketAddress source =
                    new InetSocketAddress(lab().pod().addressLike(address), port);
            Peer peer = lab().pod().tcpFrom(source, address, 80).answered();
            servers.put(port, peer.server() + ":" + peer.serverPort());
        }
        return servers;
    }

    @Test
    final void sourceHashKeepsAClientWithoutAffinity() {
        TestService web = with("source-hash", lab().b1(), lab().b2(), lab().b3());
        serve(web);
        for (String address : web.clusterIps()) {
            assertThat(reached(lab().pod(), address, 80)).hasSize(1);
            assertThat(reached(lab().client(), address, 80)).hasSize(1);
        }
    }

    @Test
    final void leastConnectionsFillsWhatHasFewest() {
        TestService web = with("least-connections", lab().b1(), lab().b2(), lab().b3());
        serve(web);
        List<TcpSession> sessions = new ArrayList<>();
        try {
            for (int i = 0; i < 30; i++) {
                sessions.add(lab().pod().open(web.clusterIps().getFirst(), 80));
            }
            assertThat(
                            sessions.stream()
                                    .collect(
                                            Collectors.groupingBy(
                                                    session -> session.peer().server(),
                                                    Collectors.counting())))
                    .isEqualTo(Map.of("b1", 10L, "b2", 10L, "b3", 10L));
        } finally {
            sessions.forEach(TcpSession::close);
        }
    }
}
