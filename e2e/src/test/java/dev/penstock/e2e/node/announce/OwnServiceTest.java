package dev.penstock.e2e.node.announce;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.e2e.harness.NetworkNamespace;
import dev.penstock.e2e.harness.PenstockProcess;
import dev.penstock.e2e.harness.Segment;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve} alone makes its own Service of type LoadBalancer reachable. */
class OwnServiceTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final String ADDRESS = Segment.IPV4_PREFIX + "100";
    private static final String NODE = Segment.IPV4_PREFIX + "1";

    private static final String MANIFESTS =
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: any}
            spec:
              ingressClassName: penstock
              rules:
              - http:
                  paths:
                  - {path: /, pathType: Prefix, backend: {service: {name: none, port: {number: 80}}}}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: penstock}
            spec: {type: LoadBalancer, clusterIP: 10.96.0.80, ports: [{name: http, port: 80}]}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: penstock-1, labels: {kubernetes.io/service-name: penstock}}
            addressType: IPv4
            ports: [{name: http, port: 8080}]
            endpoints: [{addresses: [%s], nodeName: node1}]
            """
                    .formatted(NODE);

    @TempDir Path directory;

    @BeforeAll
    static void isPossible() throws Exception {
        assumeTrue(NetworkNamespace.isPossible(), "a network namespace needs root");
        Process found =
                new ProcessBuilder("/bin/sh", "-c", "command -v nft || command -v iptables")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assumeTrue(found.waitFor() == 0, "needs nft or iptables");
    }

    @Test
    void aClientOnTheNetworkReachesThePoolsAddress() throws Exception {
        Files.writeString(directory.resolve("all.yaml"), MANIFESTS);
        try (Segment segment = Segment.create()) {
            NetworkNamespace client = segment.host("client", 9);
            NetworkNamespace node = segment.host("node", 1);
            try (PenstockProcess serve = serve(node)) {
                serve.awaitReady();
                await().atMost(LIMIT).until(() -> answer(client).startsWith("HTTP/1.1 503"));
            }
        }
    }

    private PenstockProcess serve(NetworkNamespace node) {
        return PenstockProcess.startIn(
                node,
                List.of(),
                List.of(
                        "serve",
                        "--manifests=" + directory,
                        "--node-proxy=auto",
                        "--node-name=node1",
                        "--load-balancer-pool=" + ADDRESS + "-" + ADDRESS,
                        "--load-balancer-unclassed"),
                Map.of());
    }

    private static String answer(NetworkNamespace client) {
        return client.call(() -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(ADDRESS, 80), TIMEOUT_MILLIS);
                socket.setSoTimeout(TIMEOUT_MILLIS);
                socket.getOutputStream()
                        .write(
                                "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                                        .getBytes(US_ASCII));
                return new String(socket.getInputStream().readAllBytes(), US_ASCII);
            } catch (IOException _) {
                return "";
            }
        });
    }
}
