package dev.penstock.e2e.kubernetes;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.penstock.e2e.harness.NetworkNamespace;
import dev.penstock.e2e.harness.PenstockProcess;
import dev.penstock.e2e.harness.Segment;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Load balancer addresses with a real API server and the roles of the examples: a client, two nodes
 * that run {@code penstock node}, and a pod, all on one Ethernet segment.
 */
@WithControlPlane
class LoadBalancerInClusterTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int CONNECT_MILLIS = 2_000;
    private static final int POD_PORT = 8080;
    private static final int POD = 5;

    private final List<Node> nodes = new ArrayList<>();
    private Segment segment;
    private NetworkNamespace client;
    private HttpServer pod;

    /** A node of the segment, and the program on it. */
    private record Node(
            int number, NetworkNamespace host, Relay toApiServer, PenstockProcess program) {

        /** As a machine goes that loses its power. */
        void lose() {
            host.ip("link set eth0 down\n");
            program.process().destroyForcibly();
        }

        void close() {
            program.close();
            toApiServer.close();
        }
    }

    @BeforeEach
    void build(ControlPlane controlPlane) throws Exception {
        assumeTrue(PodNetwork.isEntered(), "network namespaces need root on Linux");
        assumeTrue(hasRules(), "needs nft or iptables");
        controlPlane.installExamples();
        segment = Segment.create();
        client = segment.host("client", 9);
        startPod();
        String token = controlPlane.token("penstock", "penstock-node");
        for (int number = 1; number <= 2; number++) {
            Relay relay = new Relay(controlPlane.port());
            Path kubeconfig =
                    controlPlane.kubeconfig("node" + number, token, relay.port(), "penstock");
            nodes.add(start(number, relay, kubeconfig));
        }
        // Until each knows of the other it announces as if it were alone.
        for (Node node : nodes) {
            node.program().awaitLine("Nodes that announce load balancer addresses: node1, node2");
        }
    }

    static boolean hasRules() throws Exception {
        return new ProcessBuilder("/bin/sh", "-c", "command -v nft || command -v iptables")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    private void startPod() throws IOException {
        NetworkNamespace host = segment.host("pod", POD);
        pod =
                host.callIo(() ->
                        HttpServer.create(
                                new InetSocketAddress(Segment.IPV4_PREFIX + POD, POD_PORT), 0));
        pod.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        pod.start();
    }

    private Node start(int number, Relay relay, Path kubeconfig) throws IOException {
        NetworkNamespace host = segment.host("node" + number, number);
        host.sysctl("net/ipv4/ip_forward", "1");
        host.sysctl("net/ipv4/conf/eth0/send_redirects", "0");
        relay.openIn(host);
        PenstockProcess program =
                PenstockProcess.startIn(
                        host,
                        List.of(),
                        List.of(
                                "node",
                                "--kubeconfig=" + kubeconfig,
                                "--node-name=node" + number,
                                "--load-balancer-pool=192.0.2.100-192.0.2.109",
                                "--healthz-address=127.0.0.1:10256",
                                "--metrics-address=127.0.0.1:10249"),
                        Map.of());
        return new Node(number, host, relay, program);
    }

    @AfterEach
    void tearDown(ControlPlane controlPlane) {
        nodes.forEach(Node::close);
        if (pod != null) {
            pod.stop(0);
        }
        if (segment != null) {
            segment.close();
            for (String name : List.of("web", "later", "foreign")) {
                controlPlane.admin().services().inNamespace("default").withName(name).delete();
            }
        }
    }

    @Test
    void anAddressOutlivesTheApiServerAndTheNodeThatAnnouncesIt(ControlPlane controlPlane)
            throws Exception {
        controlPlane.apply(service("web", "penstock.dev/load-balancer"));
        controlPlane.apply(service("foreign", "example.com/other"));
        String address = awaitAddress(controlPlane, "web");
        assertThat(address).startsWith(Segment.IPV4_PREFIX + "10");
        await().atMost(LIMIT).until(() -> answers(address));

        stayAwayForAWhile(controlPlane, address);
        controlPlane.apply(service("later", "penstock.dev/load-balancer"));

        String later = awaitAddress(controlPlane, "later");
        assertThat(later).isNotEqualTo(address);
        await().atMost(LIMIT).until(() -> answers(address) && answers(later));

        Node announcing =
                nodes.stream()
                        .filter(node -> neighbour(address).contains(link(node)))
                        .findFirst()
                        .orElseThrow();
        announcing.lose();

        Node other = nodes.get(2 - announcing.number());
        // The client is told; it need not ask.
        await().atMost(LIMIT).until(() -> neighbour(address).contains(link(other)));
        await().atMost(LIMIT).until(() -> answers(address) && answers(later));
        assertThat(addresses(controlPlane, "web")).containsExactly(address);
        assertThat(addresses(controlPlane, "foreign")).isEmpty();
    }

    private void stayAwayForAWhile(ControlPlane controlPlane, String address) throws Exception {
        controlPlane.killApiServer();
        try {
            // Longer than after which a node counts as lost that gives no sign.
            await().atMost(LIMIT)
                    .during(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(answers(address)).isTrue());
        } finally {
            controlPlane.startApiServer();
        }
    }

    private static String link(Node node) {
        return Segment.linkAddress(node.number());
    }

    private String neighbour(String address) {
        return client.run("ip", "neigh", "show", address);
    }

    private boolean answers(String address) {
        return client.call(() -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, 80), CONNECT_MILLIS);
                socket.setSoTimeout(CONNECT_MILLIS);
                socket.getOutputStream()
                        .write("GET / HTTP/1.0\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
                return new String(socket.getInputStream().readAllBytes(), US_ASCII).contains("200");
            } catch (IOException _) {
                return false;
            }
        });
    }

    private static String awaitAddress(ControlPlane controlPlane, String name) {
        await().atMost(LIMIT).until(() -> addresses(controlPlane, name).size() == 1);
        return addresses(controlPlane, name).getFirst();
    }

    private static List<String> addresses(ControlPlane controlPlane, String name) {
        return requireNonNull(
                        controlPlane
                                .admin()
                                .services()
                                .inNamespace("default")
                                .withName(name)
                                .get()
                                .getStatus()
                                .getLoadBalancer())
                .getIngress()
                .stream()
                .map(LoadBalancerInClusterTest::address)
                .toList();
    }

    private static String address(LoadBalancerIngress entry) {
        assertThat(entry.getIpMode()).isEqualTo("VIP");
        return entry.getIp();
    }

    private static String service(String name, String type) {
        return """
        apiVersion: v1
        kind: Service
        metadata: {name: %1$s, namespace: default}
        spec:
          type: LoadBalancer
          loadBalancerClass: %2$s
          allocateLoadBalancerNodePorts: false
          ports: [{port: 80}]
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: %1$s-1, namespace: default, labels: {kubernetes.io/service-name: %1$s}}
        addressType: IPv4
        ports: [{port: %3$d}]
        endpoints: [{addresses: [%4$s], conditions: {ready: true}}]
        """
                .formatted(name, type, POD_PORT, Segment.IPV4_PREFIX + POD);
    }
}
