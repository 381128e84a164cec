package dev.penstock.bench.program;

import dev.penstock.model.tls.Certificate;
import dev.penstock.tls.pem.SelfSigned;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.List;

/**
 * A directory of manifests of a given size: each Ingress has a host and two routes, {@code /} to a
 * Service of its own and {@code /switch} to one of two that all share.
 *
 * @param directory where to write
 * @param ingresses how many Ingresses; as many Services with an EndpointSlice each
 * @param certificates how many of the Ingresses have a certificate
 */
record ManifestSet(Path directory, int ingresses, int certificates) {

    private static final int PER_FOLDER = 500;

    /** The host of an Ingress. */
    static String host(int ingress) {
        return "h" + ingress + ".example.com";
    }

    /** Writes everything. */
    void write(int bluePort, int greenPort) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(
                directory.resolve("shared.yaml"),
                service("blue", bluePort) + "---\n" + service("green", greenPort));
        for (int i = 0; i < ingresses; i++) {
            Files.createDirectories(file(i).getParent());
            Files.writeString(file(i), manifest(i, "blue", bluePort));
        }
    }

    /**
     * Replaces the file of one Ingress by atomic rename, so that {@code /switch} goes to the given
     * Service.
     */
    void switchTo(int ingress, String service, int ownPort) throws IOException {
        Path target = file(ingress);
        Path temporary = target.resolveSibling("." + target.getFileName() + ".tmp");
        Files.writeString(temporary, manifest(ingress, service, ownPort));
        Files.move(
                temporary,
                target,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private Path file(int ingress) {
        return directory.resolve("f" + ingress / PER_FOLDER).resolve("i" + ingress + ".yaml");
    }

    private String manifest(int i, String switched, int ownPort) {
        boolean tls = i < certificates;
        String secret = tls ? secret(i) + "---\n" : "";
        return service("s" + i, ownPort) + "---\n" + secret + ingress(i, switched, tls);
    }

    private static String ingress(int i, String switched, boolean tls) {
        String tlsPart =
                tls ? "  tls: [{hosts: [%s], secretName: cert%d}]\n".formatted(host(i), i) : "";
        return """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: i%1$d
          annotations: {penstock.dev/ssl-redirect: "false"}
        spec:
          ingressClassName: penstock
        %2$s  rules:
          - host: %3$s
            http:
              paths:
              - {path: /, pathType: Prefix, backend: {service: {name: s%1$d, port: {number: 80}}}}
              - {path: /switch, pathType: Prefix, backend: {service: {name: %4$s, port: {number: 80}}}}
        """
                .formatted(i, tlsPart, host(i), switched);
    }

    private static String service(String name, int port) {
        return """
        apiVersion: v1
        kind: Service
        metadata: {name: %1$s}
        spec: {clusterIP: 10.96.0.1, ports: [{name: http, port: 80}]}
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: %1$s-1, labels: {kubernetes.io/service-name: %1$s}}
        addressType: IPv4
        ports: [{name: http, port: %2$d}]
        endpoints: [{addresses: [127.0.0.1], conditions: {ready: true}}]
        """
                .formatted(name, port);
    }

    private static String secret(int i) {
        Certificate made = SelfSigned.create(host(i), List.of(host(i)));
        return """
        apiVersion: v1
        kind: Secret
        metadata: {name: cert%d}
        type: kubernetes.io/tls
        data: {tls.crt: %s, tls.key: %s}
        """
                .formatted(i, base64(made.chainPem()), base64(made.keyPem()));
    }

    private static String base64(byte[] pem) {
        return new String(Base64.getEncoder().encode(pem), StandardCharsets.US_ASCII);
    }
}
