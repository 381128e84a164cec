package dev.penstock.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code check} and {@code explain} over directories. */
class ObjectCommandsTest {

    private static final String INGRESS =
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: shop}
            spec:
              ingressClassName: penstock
              rules:
              - host: shop.example.com
                http:
                  paths:
                  - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
            """;

    private static final String SERVICE =
            """
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {ports: [{port: 80}]}
            """;

    /** As kube-proxy's: an address, a node port, an endpoint on each of two nodes. */
    private static final String NODE_SERVICE =
            """
            ---
            apiVersion: v1
            kind: Service
            metadata:
              name: web
              annotations: {penstock.dev/l4-algorithm: maglev, penstock.dev/l4-weights: node2=3}
            spec:
              type: NodePort
              clusterIP: 10.96.0.1
              externalTrafficPolicy: Local
              sessionAffinity: ClientIP
              ports: [{port: 80, nodePort: 30080}]
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: web, labels: {kubernetes.io/service-name: web}}
            addressType: IPv4
            endpoints:
            - {addresses: [10.244.1.2], nodeName: node1}
            - {addresses: [10.244.2.2], nodeName: node2}
            ports: [{port: 8080}]
            """;

    @TempDir Path directory;

    private final CliRun cli = new CliRun();

    @Test
    void checkNamesFileLineObjectAndField() throws IOException {
        write("a/shop.yaml", INGRESS);
        assertThat(cli.run("check", directory.toString())).isEqualTo(1);
        assertThat(cli.out())
                .containsPattern("(?m)^a/shop\\.yaml:\\d+: Ingress default/shop spec\\.rules\\[0]")
                .contains("1 problem");
    }

    @Test
    void checkIsContentWithoutAProblem() throws IOException {
        write("shop.yaml", INGRESS + SERVICE);
        assertThat(cli.run("check", directory.toString())).isZero();
        assertThat(cli.out()).isEqualToNormalizingNewlines("no problems\n");
    }

    @Test
    void checkNamesAFileThatDoesNotParse() throws IOException {
        write("broken.yaml", "apiVersion: v1\nkind: [");
        assertThat(cli.run("check", directory.toString())).isEqualTo(1);
        assertThat(cli.out()).contains("broken.yaml:");
    }

    @Test
    void checkNamesWhatIsWrongForANode() throws IOException {
        write("one.yaml", NODE_SERVICE);
        write(
                "two.yaml",
                NODE_SERVICE
                        .replace("name: web", "name: other")
                        .replace("10.96.0.1", "10.96.0.2")
                        .replace("maglev", "fastest"));
        assertThat(cli.run("check", directory.toString())).isEqualTo(1);
        assertThat(cli.out())
                .contains("TCP node port 30080 is that of default/")
                .contains("Service default/other metadata.annotations[penstock.dev/l4-algorithm]:")
                .contains("2 problems");
    }

    @Test
    void explainSaysWhatANodeDoes() throws IOException {
        write("web.yaml", NODE_SERVICE);
        assertThat(explain("--service", "default/web:80", "--node-name", "node1")).isZero();
        assertThat(cli.out().lines().map(String::strip))
                .containsSubsequence(
                        "node        TCP over IPv4, algorithm maglev, affinity for 10800 s",
                        "cluster address 10.96.0.1:80, policy Cluster: to the endpoints in use",
                        "> 10.244.1.2:8080",
                        "> 10.244.2.2:8080 weight 3",
                        "from outside node port 30080, policy Local: to the endpoints of this node;"
                                + " from pods and this node, to 10.244.1.2:8080, 10.244.2.2:8080"
                                + " weight 3",
                        "> 10.244.1.2:8080");

        assertThat(explain("--service", "default/web:80", "--node-name", "node3")).isZero();
        assertThat(cli.out()).contains("dropped: only other nodes have endpoints");
    }

    @Test
    void explainWritesWhatANodeDoesAsJson() throws IOException {
        write("web.yaml", NODE_SERVICE);
        assertThat(explain("--service", "default/web:80", "--node-name", "node3", "-o", "json"))
                .isZero();
        assertThat(cli.out())
                .contains("\"node\":[{\"protocol\":\"TCP\",\"family\":\"IPv4\"")
                .contains("\"algorithm\":\"maglev\"")
                .contains("\"addresses\":[\"node port 30080\"],\"policy\":\"Local\"")
                .contains("\"verdict\":\"DROP\"");
    }

    @Test
    void checkNeedsADirectory() {
        assertThat(cli.run("check")).isEqualTo(2);
        assertThat(cli.run("check", directory.resolve("none").toString())).isEqualTo(3);
    }

    @Test
    void explainNamesTheRule() throws IOException {
        write("shop.yaml", INGRESS + SERVICE);
        assertThat(explain("http://shop.example.com/x")).isZero();
        assertThat(cli.out())
                .contains("Ingress default/shop spec.rules[0].http.paths[0]")
                .contains("503: no endpoint is ready");
    }

    @Test
    void explainWritesJson() throws IOException {
        write("shop.yaml", INGRESS + SERVICE);
        assertThat(explain("http://shop.example.com/x", "-o", "json")).isZero();
        assertThat(cli.out()).startsWith("{\"request\":").contains("\"status\":503");
    }

    @Test
    void explainTakesAServiceInstead() throws IOException {
        write("shop.yaml", INGRESS + SERVICE);
        assertThat(explain("--service", "default/web:80")).isZero();
        assertThat(cli.out()).contains("default/web:80, ClusterIP, 0 of 0 endpoints used");
    }

    @Test
    void explainTakesOneQuestion() {
        assertThat(explain()).isEqualTo(2);
        assertThat(explain("http://a/", "--service", "a/b:80")).isEqualTo(2);
        assertThat(explain("/no/host")).isEqualTo(2);
        assertThat(explain("http://a/", "--header", "nonsense")).isEqualTo(2);
        assertThat(explain("--service", "web")).isEqualTo(2);
    }

    @Test
    void explainSaysThatNobodyAnswers() {
        assertThat(cli.run("explain", "http://a/", "--admin", "http://127.0.0.1:1")).isEqualTo(3);
        assertThat(cli.err()).contains("no running instance answers at http://127.0.0.1:1");
    }

    private int explain(String... args) {
        String[] all = new String[args.length + 3];
        all[0] = "explain";
        all[1] = "--manifests";
        all[2] = directory.toString();
        System.arraycopy(args, 0, all, 3, args.length);
        return cli.run(all);
    }

    private void write(String file, String text) throws IOException {
        Path path = directory.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
