package dev.penstock.bench.program;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** An API server on loopback, with the token of an account that may do everything. */
final class ClusterStore implements ServiceStore, AutoCloseable {

    private static final Duration READY_LIMIT = Duration.ofMinutes(2);
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(60);
    private static final int REQUESTS_AT_ONCE = 64;
    private static final String CORE = "/api/v1/";
    private static final String SLICES =
            "/apis/discovery.k8s.io/v1/namespaces/" + NodeServices.NAMESPACE + "/endpointslices";

    private final URI server;
    private final String token;
    private final Path kubeconfig;
    private final HttpClient client;

    /**
     * Connects to what {@code bench/node} started.
     *
     * @param directory has the server's certificate, {@code port} and {@code token}; gets {@code
     *     kubeconfig}
     */
    ClusterStore(Path directory) throws IOException, GeneralSecurityException {
        Path certificate = directory.resolve("apiserver.crt");
        server = URI.create("https://127.0.0.1:" + line(directory.resolve("port")));
        token = line(directory.resolve("token"));
        kubeconfig = directory.resolve("kubeconfig");
        Files.writeString(
                kubeconfig,
                """
                apiVersion: v1
                kind: Config
                current-context: bench
                clusters: [{name: bench, cluster: {server: "%s", certificate-authority: "%s"}}]
                users: [{name: bench, user: {token: "%s"}}]
                contexts: [{name: bench, context: {cluster: bench, user: bench}}]
                """
                        .formatted(server, certificate, token));
        client = HttpClient.newBuilder().sslContext(trusting(certificate)).build();
    }

    /** The file by which programs reach the API server. */
    Path kubeconfig() {
        return kubeconfig;
    }

    /** Waits until the API server is ready. */
    void awaitReady() throws InterruptedException {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < READY_LIMIT.toNanos()) {
            try {
                if (client.send(request("/readyz").build(), discarding()).statusCode() == 200) {
                    return;
                }
            } catch (IOException _) {
                // Not listening yet.
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new IllegalStateException("the API server is not ready after " + READY_LIMIT);
    }

    @Override
    public void create(int services) throws IOException, InterruptedException {
        post(
                CORE + "namespaces",
                "{apiVersion: v1, kind: Namespace, metadata: {name: "
                        + NodeServices.NAMESPACE
                        + "}}");
        // kube-proxy waits for its Node.
        post(
                CORE + "nodes",
                "{apiVersion: v1, kind: Node, metadata: {name: "
                        + NodeProgram.NODE_NAME
                        + "}, status: {addresses: [{type: InternalIP, address: 10.247.255.254}]}}");
        Semaphore room = new Semaphore(REQUESTS_AT_ONCE);
        AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
        for (int i = 0; i < services && failure.get() == null; i++) {
            String path = CORE + "namespaces/" + NodeServices.NAMESPACE + "/services";
            postLater(path, NodeServices.service(i), room, failure);
            postLater(SLICES, NodeServices.slice(i, 0), room, failure);
        }
        room.acquire(REQUESTS_AT_ONCE);
        IOException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
    }

    @Override
    public void move(int service, int pair) throws IOException, InterruptedException {
        check(
                client.send(
                        yaml(SLICES + "/" + NodeServices.sliceName(service))
                                .PUT(body(NodeServices.slice(service, pair)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString()));
    }

    @Override
    public List<String> flags() {
        return List.of("--kubeconfig", kubeconfig.toString());
    }

    @Override
    public void close() {
        client.close();
    }

    private void post(String path, String manifest) throws IOException, InterruptedException {
        check(
                client.send(
                        yaml(path).POST(body(manifest)).build(),
                        HttpResponse.BodyHandlers.ofString()));
    }

    private void postLater(
            String path,
            String manifest,
            Semaphore room,
            AtomicReference<@Nullable IOException> failure)
            throws InterruptedException {
        room.acquire();
        var _ =
                client.sendAsync(
                                yaml(path).POST(body(manifest)).build(),
                                HttpResponse.BodyHandlers.ofString())
                        .whenComplete((answer, thrown) -> {
                            try {
                                if (thrown != null) {
                                    throw new IOException(path, thrown);
                                }
                                check(answer);
                            } catch (IOException e) {
                                failure.compareAndSet(null, e);
                            } finally {
                                room.release();
                            }
                        });
    }

    private static void check(HttpResponse<String> answer) throws IOException {
        // What an earlier step made is as good.
        if (answer.statusCode() / 100 != 2 && answer.statusCode() != 409) {
            throw new IOException(answer.uri() + ": " + answer.statusCode() + " " + answer.body());
        }
    }

    private HttpRequest.Builder yaml(String path) {
        return request(path).header("Content-Type", "application/yaml");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.resolve(path))
                .timeout(REQUEST_LIMIT)
                .header("Authorization", "Bearer " + token);
    }

    private static HttpRequest.BodyPublisher body(String text) {
        return HttpRequest.BodyPublishers.ofString(text);
    }

    private static HttpResponse.BodyHandler<Void> discarding() {
        return HttpResponse.BodyHandlers.discarding();
    }

    private static String line(Path file) throws IOException {
        return Files.readString(file).strip();
    }

    private static SSLContext trusting(Path certificate)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(certificate)) {
            int number = 0;
            for (var one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("server" + number++, one);
            }
        }
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }
}
