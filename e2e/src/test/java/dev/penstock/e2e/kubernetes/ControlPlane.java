package dev.penstock.e2e.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.penstock.e2e.harness.PenstockProcess;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * etcd and kube-apiserver as processes on loopback, with all they write in a temporary directory
 * that goes when this is closed. The processes also end when this JVM ends, however it ends.
 */
final class ControlPlane implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(2);

    /**
     * Ends its child as soon as its standard input ends: on close, and with the JVM. A signal to
     * the whole process group must not end it before.
     */
    private static final String GUARD =
            "trap '' TERM INT HUP; \"$@\" </dev/null & child=$!;"
                    + " cat >/dev/null; kill -9 $child; wait $child 2>/dev/null";

    private final ControlPlanePrograms programs;
    private final Path directory;
    private final int port;
    private final Process etcd;
    private final int etcdPort;
    private final String adminToken;

    private @Nullable Process apiServer;
    private @Nullable KubernetesClient admin;

    private ControlPlane(ControlPlanePrograms programs) throws IOException, InterruptedException {
        this.programs = programs;
        this.directory = Files.createTempDirectory("penstock-k8s-");
        int[] ports = freePorts(3);
        this.port = ports[0];
        this.etcdPort = ports[1];
        this.adminToken = "admin-" + Long.toHexString(System.nanoTime());
        writeKeys();
        this.etcd =
                run(
                        "etcd",
                        "--name=test",
                        "--data-dir=" + directory.resolve("etcd"),
                        "--unsafe-no-fsync",
                        "--log-level=warn",
                        "--listen-client-urls=http://127.0.0.1:" + etcdPort,
                        "--advertise-client-urls=http://127.0.0.1:" + etcdPort,
                        "--listen-peer-urls=http://127.0.0.1:" + ports[2],
                        "--initial-advertise-peer-urls=http://127.0.0.1:" + ports[2],
                        "--initial-cluster=test=http://127.0.0.1:" + ports[2]);
    }

    /** Starts both and waits until the API server is ready. */
    static ControlPlane start(ControlPlanePrograms programs)
            throws IOException, InterruptedException {
        ControlPlane controlPlane = new ControlPlane(programs);
        try {
            controlPlane.startApiServer();
        } catch (RuntimeException e) {
            controlPlane.close();
            throw e;
        }
        return controlPlane;
    }

    /** The API server's address. */
    URI address() {
        return URI.create("https://127.0.0.1:" + port);
    }

    int port() {
        return port;
    }

    /** A client that may do everything. Closed with the control plane. */
    KubernetesClient admin() {
        KubernetesClient client = admin;
        if (client == null) {
            client = client(adminToken);
            admin = client;
        }
        return client;
    }

    /** A client with another account's token, for the caller to close. */
    KubernetesClient client(String token) {
        Config config =
                new ConfigBuilder(Config.empty())
                        .withMasterUrl(address().toString())
                        .withCaCertFile(certificate().toString())
                        .withOauthToken(token)
                        .build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    /** The token of the account that may do everything. */
    String adminToken() {
        return adminToken;
    }

    /** A kubeconfig for the account that may do everything. */
    Path adminKubeconfig() {
        return kubeconfig("admin", adminToken, port);
    }

    /**
     * Writes a kubeconfig.
     *
     * @param name the file's and the user's name
     * @param token the user's token
     * @param serverPort the port on loopback at which the API server is reached
     */
    Path kubeconfig(String name, String token, int serverPort) {
        return kubeconfig(name, token, serverPort, "default");
    }

    /**
     * Writes a kubeconfig.
     *
     * @param namespace what counts as the own namespace
     */
    Path kubeconfig(String name, String token, int serverPort, String namespace) {
        Path file = directory.resolve(name + ".kubeconfig");
        String text =
                """
                apiVersion: v1
                kind: Config
                current-context: test
                clusters: [{name: test, cluster: {server: "https://127.0.0.1:%d", certificate-authority: "%s"}}]
                users: [{name: %s, user: {token: "%s"}}]
                contexts: [{name: test, context: {cluster: test, user: %s, namespace: %s}}]
                """
                        .formatted(serverPort, certificate(), name, token, name, namespace);
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What {@code kubectl} prints, as the account that may do everything. */
    String kubectl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(programs.path("kubectl").toString());
        command.add("--kubeconfig=" + adminKubeconfig());
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", arguments) + ": " + output);
        }
        return output;
    }

    /** Creates or updates the objects of a manifest. */
    void apply(String manifest) {
        admin().load(new ByteArrayInputStream(manifest.getBytes(UTF_8)))
                .items()
                .forEach(item -> admin().resource(item).forceConflicts().serverSideApply());
    }

    /** Creates what the examples for a cluster create, with the default namespace beside it. */
    void installExamples() throws IOException {
        Path examples = PenstockProcess.checkout().resolve("examples/kubernetes");
        try (Stream<Path> files = Files.list(examples)) {
            for (Path file : files.sorted().toList()) {
                apply(Files.readString(file));
            }
        }
    }

    /** A token for a service account, which must exist. */
    String token(String namespace, String serviceAccount) throws IOException, InterruptedException {
        return kubectl("create", "token", serviceAccount, "--namespace=" + namespace).strip();
    }

    /** What a service account has asked for so far, as the API server wrote it down. */
    List<AuditedRequest> requestsOf(String namespace, String serviceAccount) throws IOException {
        String user = "system:serviceaccount:" + namespace + ":" + serviceAccount;
        return requests().stream().filter(request -> request.user().equals(user)).toList();
    }

    /** What anybody has asked for, in the order of the audit log. */
    List<AuditedRequest> requests() throws IOException {
        return AuditedRequest.read(directory.resolve("audit.log"));
    }

    /** A Secret with the API server's own certificate, for tests that need any. */
    String tlsSecret(String namespace, String name) throws IOException {
        Base64.Encoder base64 = Base64.getEncoder();
        return """
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: %s, namespace: %s}
        type: kubernetes.io/tls
        data: {tls.crt: %s, tls.key: %s}
        """
                .formatted(
                        name,
                        namespace,
                        base64.encodeToString(Files.readAllBytes(certificate())),
                        base64.encodeToString(
                                Files.readAllBytes(directory.resolve("apiserver.key"))));
    }

    /** Ends the API server as a crash would; etcd keeps what it knew. */
    void killApiServer() {
        end(requireNonNull(apiServer));
        apiServer = null;
    }

    /** Starts the API server again, at the same port. */
    void startApiServer() throws IOException, InterruptedException {
        apiServer =
                run(
                        "kube-apiserver",
                        "--etcd-servers=http://127.0.0.1:" + etcdPort,
                        "--bind-address=127.0.0.1",
                        "--advertise-address=127.0.0.1",
                        "--secure-port=" + port,
                        "--cert-dir=" + directory,
                        "--endpoint-reconciler-type=none",
                        "--service-cluster-ip-range=10.96.0.0/16",
                        "--authorization-mode=RBAC",
                        "--allow-privileged=true",
                        "--token-auth-file=" + directory.resolve("tokens.csv"),
                        "--service-account-issuer=https://kubernetes.default.svc",
                        "--service-account-key-file=" + directory.resolve("sa.pub"),
                        "--service-account-signing-key-file=" + directory.resolve("sa.key"),
                        "--audit-policy-file=" + directory.resolve("audit.yaml"),
                        "--audit-log-path=" + directory.resolve("audit.log"),
                        "--audit-log-mode=blocking",
                        "--profiling=false");
        awaitReady();
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close();
        }
        if (apiServer != null) {
            end(apiServer);
        }
        end(etcd);
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(ControlPlane::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path certificate() {
        return directory.resolve("apiserver.crt");
    }

    private void awaitReady() {
        HttpRequest request =
                HttpRequest.newBuilder(address().resolve("/readyz"))
                        .header("Authorization", "Bearer " + adminToken)
                        .timeout(Duration.ofSeconds(5))
                        .build();
        Awaitility.await()
                .atMost(START_LIMIT)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .until(() -> {
                    if (!requireNonNull(apiServer).isAlive()) {
                        throw new IllegalStateException("kube-apiserver has ended");
                    }
                    try (HttpClient client =
                            HttpClient.newBuilder()
                                    .sslContext(TestTls.trusting(certificate()))
                                    .build()) {
                        return client.send(request, HttpResponse.BodyHandlers.discarding())
                                        .statusCode()
                                == 200;
                    }
                });
    }

    private void writeKeys() throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            KeyPair pair = generator.generateKeyPair();
            writePem("sa.key", "PRIVATE KEY", pair.getPrivate().getEncoded());
            writePem("sa.pub", "PUBLIC KEY", pair.getPublic().getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        Files.writeString(
                directory.resolve("tokens.csv"), adminToken + ",admin,admin,\"system:masters\"\n");
        Files.writeString(
                directory.resolve("audit.yaml"),
                """
                apiVersion: audit.k8s.io/v1
                kind: Policy
                omitStages: [RequestReceived]
                rules:
                - {level: Metadata, userGroups: [system:serviceaccounts]}
                - {level: None}
                """);
    }

    private void writePem(String name, String type, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(
                directory.resolve(name),
                "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
    }

    private Process run(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("/bin/sh", "-c", GUARD, program));
        command.add(programs.path(program).toString());
        command.addAll(List.of(arguments));
        Path log = directory.resolve(program + ".log");
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private static void end(Process guard) {
        try {
            guard.getOutputStream().close();
            if (!guard.waitFor(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a process of the control plane does not end");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static int[] freePorts(int count) throws IOException {
        int[] ports = new int[count];
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                sockets.add(socket);
                ports[i] = socket.getLocalPort();
            }
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
        return ports;
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
