package dev.penstock.bench.proxies;

import dev.penstock.model.tls.Certificate;
import dev.penstock.tls.pem.SelfSigned;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What all proxies serve: one host, one certificate, one origin behind. Configurations are made
 * from the resources of this package, in which {@code @NAME@} stands for a value.
 */
final class Site {

    /** The host that is asked for. */
    static final String HOST = "bench.example.com";

    /** Bytes of the body of {@code /s}. */
    static final int SMALL_BYTES = 128;

    private static final int OTHER_HOSTS = 999;
    private static final int FIRST_PORT = 16384;
    private static final int FIRST_CLIENT_PORT = 32768;

    private final Path directory;
    private final Certificate certificate = SelfSigned.create(HOST, List.of(HOST));
    private final Map<String, String> values = new TreeMap<>();

    /** Writes certificate, key and the origin's files into a directory. */
    Site(Path directory) throws IOException {
        this.directory = directory;
        values.put("DIR", directory.toString());
        values.put("HOST", HOST);
        values.put("SMALL", "x".repeat(SMALL_BYTES));
        values.put("ORIGIN", Integer.toString(freePort()));
        values.put("GRPC_ORIGIN", Integer.toString(freePort()));
        values.put("CERTIFICATE", base64(certificate.chainPem()));
        values.put("KEY", base64(certificate.keyPem()));
        Files.write(directory.resolve("cert.pem"), certificate.chainPem());
        Files.write(directory.resolve("key.pem"), certificate.keyPem());
        byte[] both = new byte[certificate.chainPem().length + certificate.keyPem().length];
        System.arraycopy(certificate.chainPem(), 0, both, 0, certificate.chainPem().length);
        System.arraycopy(
                certificate.keyPem(),
                0,
                both,
                certificate.chainPem().length,
                certificate.keyPem().length);
        Files.write(directory.resolve("both.pem"), both);
        Path www = Files.createDirectory(directory.resolve("www"));
        Files.writeString(www.resolve("10k"), "x".repeat(10 * 1024));
        Files.writeString(www.resolve("1m"), "x".repeat(1024 * 1024));
    }

    Path directory() {
        return directory;
    }

    byte[] certificatePem() {
        return certificate.chainPem();
    }

    int originPort() {
        return Integer.parseInt(values.getOrDefault("ORIGIN", ""));
    }

    /** Writes a configuration, with ports of its own if {@code ports} names any. */
    Path configure(String resource, Map<String, Integer> ports) throws IOException {
        Map<String, String> all = new TreeMap<>(values);
        ports.forEach((name, port) -> all.put(name, port.toString()));
        Path file = directory.resolve(resource);
        Files.writeString(file, fill(read(resource), all));
        return file;
    }

    /** Writes the manifests of Penstock: the host among a thousand. */
    Path manifests() throws IOException {
        Path manifests = Files.createDirectories(directory.resolve("manifests"));
        Files.move(
                configure("penstock.yaml", Map.of()),
                manifests.resolve("measured.yaml"),
                StandardCopyOption.REPLACE_EXISTING);
        List<String> others = new ArrayList<>();
        for (int i = 0; i < OTHER_HOSTS; i++) {
            others.add(otherIngress(i));
        }
        Files.writeString(manifests.resolve("others.yaml"), String.join("---\n", others));
        return manifests;
    }

    private static String otherIngress(int number) {
        return """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: other-%1$d}
        spec:
          ingressClassName: penstock
          rules:
          - host: h%1$d.example.com
            http:
              paths:
              - {path: /, pathType: Prefix, backend: {service: {name: o, port: {number: 80}}}}
        """
                .formatted(number);
    }

    private static String read(String resource) throws IOException {
        try (InputStream in = Site.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no resource " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String fill(String template, Map<String, String> values) {
        String text = template;
        for (Map.Entry<String, String> value : values.entrySet()) {
            text = text.replace("@" + value.getKey() + "@", value.getValue());
        }
        return text;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /**
     * A port that nothing listened on a moment ago. It is below those that clients get: one that
     * tries to connect to such a port until somebody listens may get it for itself, and so reach
     * itself.
     */
    static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, FIRST_CLIENT_PORT);
            try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (IOException e) {
                // Taken; there are thousands more.
            }
        }
    }
}
