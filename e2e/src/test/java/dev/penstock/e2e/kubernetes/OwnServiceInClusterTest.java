package dev.penstock.e2e.kubernetes;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.e2e.harness.NetworkNamespace;
import dev.penstock.e2e.harness.PenstockProcess;
import dev.penstock.e2e.harness.Segment;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * {@code serve} in a cluster without a cloud gives an address to the Service it is behind, shows it
 * in the Ingresses' status and answers there.
 */
@WithControlPlane
class OwnServiceInClusterTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final String NAMESPACE = "penstock";
    private static final String NAME = "own";
    private static final String NODE = Segment.IPV4_PREFIX + "1";

    /** What 55-node-load-balancer.yaml gives the nodes' account, for that of serve. */
    private static final String RIGHTS =
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: own-load-balancer}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: penstock-load-balancer}
            subjects: [{kind: ServiceAccount, name: penstock, namespace: penstock}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: own-load-balancer, namespace: penstock}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: penstock-load-balancer}
            subjects: [{kind: ServiceAccount, name: penstock, namespace: penstock}]
            ---
            """;

    private static final String OBJECTS =
            """
            apiVersion: v1
            kind: Service
            metadata: {name: own, namespace: penstock}
            spec:
              type: LoadBalancer
              loadBalancerClass: penstock.dev/load-balancer
              ports: [{name: http, port: 80}]
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: own-1, namespace: penstock, labels: {kubernetes.io/service-name: own}}
            addressType: IPv4
            ports: [{name: http, port: 8080}]
            endpoints: [{addresses: [%s], conditions: {ready: true}, nodeName: node1}]
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: own, namespace: penstock}
            spec:
              ingressClassName: penstock
              rules:
              - host: own.example.com
                http:
                  paths:
                  - {path: /, pathType: Prefix, backend: {service: {name: none, port: {number: 80}}}}
            """
                    .formatted(NODE);

    private Segment segment;
    private NetworkNamespace client;
    private Relay relay;
    private PenstockProcess serve;

    @BeforeEach
    void build(ControlPlane controlPlane) throws Exception {
        assumeTrue(PodNetwork.isEntered(), "network namespaces need root on Linux");
        assumeTrue(LoadBalancerInClusterTest.hasRules(), "needs nft or iptables");
        controlPlane.installExamples();
        segment = Segment.create();
        client = segment.host("client", 9);
        NetworkNamespace node = segment.host("node", 1);
        relay = new Relay(controlPlane.port());
        relay.openIn(node);
        controlPlane.apply(RIGHTS + OBJECTS);
        String token = controlPlane.token(NAMESPACE, "penstock");
        Path kubeconfig = controlPlane.kubeconfig("own", token, relay.port(), NAMESPACE);
        serve =
                PenstockProcess.startIn(
                        node,
                        List.of(),
                        List.of(
                                "serve",
                                "--kubeconfig=" + kubeconfig,
                                "--node-name=node1",
                                "--node-proxy=auto",
                                "--publish-service=penstock/own",
                                "--load-balancer-pool=192.0.2.100-192.0.2.109"),
                        Map.of());
    }

    @AfterEach
    void tearDown(ControlPlane controlPlane) {
        if (segment == null) {
            return;
        }
        if (serve != null) {
            serve.close();
        }
        if (relay != null) {
            relay.close();
        }
        segment.close();
        var admin = controlPlane.admin();
        admin.network().v1().ingresses().inNamespace(NAMESPACE).withName(NAME).delete();
        admin.services().inNamespace(NAMESPACE).withName(NAME).delete();
        admin.rbac().roleBindings().inNamespace(NAMESPACE).withName("own-load-balancer").delete();
        admin.rbac().clusterRoleBindings().withName("own-load-balancer").delete();
    }

    @Test
    void anIngressHasTheAddressThatItsOwnServiceWasGiven(ControlPlane controlPlane) {
        await().atMost(LIMIT).until(() -> serviceAddresses(controlPlane).size() == 1);
        String address = serviceAddresses(controlPlane).getFirst();
        assertThat(address).startsWith(Segment.IPV4_PREFIX + "10");

        await().atMost(LIMIT).until(() -> ingressAddresses(controlPlane).equals(List.of(address)));
        // Nothing is behind the Ingress; what answers so is Penstock.
        await().atMost(LIMIT).until(() -> answer(address).startsWith("HTTP/1.1 503"));
    }

    private static List<String> serviceAddresses(ControlPlane controlPlane) {
        return controlPlane
                .admin()
                .services()
                .inNamespace(NAMESPACE)
                .withName(NAME)
                .get()
                .getStatus()
                .getLoadBalancer()
                .getIngress()
                .stream()
                .map(entry -> entry.getIp())
                .toList();
    }

    private static List<String> ingressAddresses(ControlPlane controlPlane) {
        return controlPlane
                .admin()
                .network()
                .v1()
                .ingresses()
                .inNamespace(NAMESPACE)
                .withName(NAME)
                .get()
                .getStatus()
                .getLoadBalancer()
                .getIngress()
                .stream()
                .map(entry -> entry.getIp())
                .toList();
    }

    private String answer(String address) {
        return client.call(() -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, 80), TIMEOUT_MILLIS);
                socket.setSoTimeout(TIMEOUT_MILLIS);
                socket.getOutputStream()
                        .write(
                                "GET / HTTP/1.1\r\nHost: own.example.com\r\nConnection: close\r\n\r\n"
                                        .getBytes(US_ASCII));
                return new String(socket.getInputStream().readAllBytes(), US_ASCII);
            } catch (IOException _) {
                return "";
            }
        });
    }
}
