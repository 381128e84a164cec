package dev.penstock.app.demo;

import dev.penstock.app.exit.ExitException;
import dev.penstock.model.tls.Certificate;
import dev.penstock.tls.pem.SelfSigned;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A copy of the quickstart manifests in a directory of its own, with the ports of the backends and
 * a certificate filled in. Goes away when closed.
 */
final class DemoManifests implements AutoCloseable {

    /** The host that has TLS, as account.yaml names it. */
    static final String TLS_HOST = "account.example.com";

    private static final String RESOURCES = "/quickstart/";
    private static final List<String> FILES =
            List.of("ingress-class.yaml", "shop.yaml", "account.yaml", "services.yaml");

    // The ports that services.yaml names.
    private static final String WEB_PORT = "18081";
    private static final String CART_PORT = "18082";

    private final Path directory;

    private DemoManifests(Path directory) {
        this.directory = directory;
    }

    static DemoManifests create(int webPort, int cartPort) {
        try {
            DemoManifests manifests =
                    new DemoManifests(Files.createTempDirectory("penstock-demo-"));
            for (String file : FILES) {
                String text =
                        read(file)
                                .replace(WEB_PORT, Integer.toString(webPort))
                                .replace(CART_PORT, Integer.toString(cartPort));
                Files.writeString(manifests.directory.resolve(file), text);
            }
            manifests.writeCertificate();
            return manifests;
        } catch (IOException e) {
            throw ExitException.failed("cannot write the demo's manifests: " + e.getMessage(), e);
        }
    }

    /** Where the manifests are. */
    Path directory() {
        return directory;
    }

    /** The certificate of {@link #TLS_HOST}, for clients that shall trust it. */
    Path certificateFile() {
        return directory.resolve("account.crt");
    }

    private static String read(String file) throws IOException {
        try (InputStream in = DemoManifests.class.getResourceAsStream(RESOURCES + file)) {
            if (in == null) {
                throw new IllegalStateException("resource: " + file + " (expected: in the jar)");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void writeCertificate() throws IOException {
        Certificate certificate = SelfSigned.create("penstock demo", List.of(TLS_HOST));
        Files.write(certificateFile(), certificate.chainPem());
        Base64.Encoder base64 = Base64.getEncoder();
        Files.writeString(
                directory.resolve("account-tls.yaml"),
                """
                apiVersion: v1
                kind: Secret
                metadata:
                  name: account-tls
                  namespace: default
                type: kubernetes.io/tls
                data:
                  tls.crt: %s
                  tls.key: %s
                """
                        .formatted(
                                base64.encodeToString(certificate.chainPem()),
                                base64.encodeToString(certificate.keyPem())));
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + directory, e);
        }
    }
}
