package dev.penstock.e2e.program;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.penstock.e2e.harness.Manifests;
import dev.penstock.e2e.harness.PenstockProcess;
import dev.penstock.e2e.harness.TextBackend;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code penstock serve --manifests}: start, changes, signals and exit codes. */
class ServeTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir Path directory;

    @Test
    void servesChangesOfFilesAndEndsInOrder() throws Exception {
        try (TextBackend one = new TextBackend("one");
                TextBackend two = new TextBackend("two")) {
            write("backend.yaml", Manifests.service("web", one.port()));
            write("shop.yaml", Manifests.ingress("shop", "shop.example.com", "web", "{}"));
            try (PenstockProcess penstock = PenstockProcess.serve(directory)) {
                assertThat(get(penstock, "shop.example.com", "/").body()).isEqualTo("one");
                assertThat(get(penstock, "other.example.com", "/").statusCode()).isEqualTo(404);

                write("backend.yaml", Manifests.service("web", two.port()));
                awaitBody(penstock, "two");
                Files.delete(directory.resolve("backend.yaml"));
                await().atMost(LIMIT)
                        .untilAsserted(() ->
                                assertThat(get(penstock, "shop.example.com", "/").statusCode())
                                        .isEqualTo(503));
                write("backend.yaml", Manifests.service("web", one.port()));
                awaitBody(penstock, "one");

                penstock.process().destroy();
                assertThat(penstock.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
                assertThat(penstock.process().exitValue()).isZero();
            }
        }
    }

    @Test
    void answersWhatIsInFlightBeforeItEnds() throws Exception {
        try (HeldBackend backend = new HeldBackend()) {
            write("backend.yaml", Manifests.service("web", backend.port()));
            write("shop.yaml", Manifests.ingress("shop", "shop.example.com", "web", "{}"));
            try (PenstockProcess penstock = PenstockProcess.serve(directory);
                    Socket client =
                            new Socket(InetAddress.getLoopbackAddress(), penstock.httpPort())) {
                client.setSoTimeout(20_000);
                client.getOutputStream()
                        .write(
                                "GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                backend.awaitRequest();
                penstock.process().destroy();
                await().atMost(LIMIT).until(() -> refusesConnections(penstock.httpPort()));
                assertThat(penstock.process().isAlive()).isTrue();
                backend.answer();
                String answer =
                        new String(
                                client.getInputStream().readAllBytes(),
                                StandardCharsets.ISO_8859_1);
                assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("held");
                assertThat(penstock.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
                assertThat(penstock.process().exitValue()).isZero();
            }
        }
    }

    @Test
    void aSecondSignalEndsItAtOnce() throws Exception {
        try (HeldBackend backend = new HeldBackend()) {
            write("backend.yaml", Manifests.service("web", backend.port()));
            write("shop.yaml", Manifests.ingress("shop", "shop.example.com", "web", "{}"));
            try (PenstockProcess penstock = PenstockProcess.serve(directory);
                    Socket client =
                            new Socket(InetAddress.getLoopbackAddress(), penstock.httpPort())) {
                client.getOutputStream()
                        .write(
                                "GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                backend.awaitRequest();
                penstock.process().destroy();
                await().atMost(LIMIT).until(() -> refusesConnections(penstock.httpPort()));
                penstock.process().destroy();
                assertThat(penstock.process().waitFor(5, TimeUnit.SECONDS)).isTrue();
                assertThat(penstock.process().exitValue()).isEqualTo(143);
            }
        }
    }

    @Test
    void asNginxDoesItOpensItsLogAnewAtASignal() throws Exception {
        Path log = directory.resolve("access.log");
        Path old = directory.resolve("access.log.1");
        List<String> all = new ArrayList<>(List.of("serve", "--bind", "127.0.0.1"));
        all.addAll(List.of("--http-port", "0", "--https-port", "0", "--admin-port", "0"));
        all.addAll(List.of("--manifests", directory.toString(), "--access-log", log.toString()));
        all.addAll(List.of("--access-log-format", "$status $request_uri"));
        try (PenstockProcess penstock = PenstockProcess.start(all)) {
            penstock.awaitReady();
            get(penstock, "shop.example.com", "/before");
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(log).content().isEqualTo("404 /before\n"));
            Files.move(log, old);
            new ProcessBuilder("kill", "-USR1", Long.toString(penstock.process().pid()))
                    .start()
                    .waitFor();
            await().atMost(LIMIT).until(() -> Files.exists(log));
            get(penstock, "shop.example.com", "/after");
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(log).content().isEqualTo("404 /after\n"));
            assertThat(old).content().isEqualTo("404 /before\n");
        }
    }

    @Test
    void namesAPortThatIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            Command.Result result =
                    Command.penstock(
                            "serve",
                            "--manifests",
                            directory.toString(),
                            "--bind",
                            "127.0.0.1",
                            "--http-port",
                            Integer.toString(taken.getLocalPort()),
                            "--https-port",
                            "0",
                            "--admin-port",
                            "0");
            assertThat(result.exitCode()).isEqualTo(3);
            assertThat(result.output())
                    .contains("penstock: cannot listen at 127.0.0.1:" + taken.getLocalPort())
                    .contains("in use")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void explainAsksARunningInstance() throws Exception {
        write("backend.yaml", Manifests.service("web", 1));
        write("shop.yaml", Manifests.ingress("shop", "shop.example.com", "web", "{}"));
        try (PenstockProcess penstock = PenstockProcess.serve(directory)) {
            Command.Result result =
                    Command.penstock(
                            "explain",
                            "--admin",
                            "http://127.0.0.1:" + penstock.adminPort(),
                            "http://shop.example.com/x");
            assertThat(result.exitCode()).isZero();
            assertThat(result.output())
                    .contains("Ingress default/shop spec.rules[0].http.paths[0]")
                    .contains("127.0.0.1:1");
        }
    }

    private void write(String file, String text) throws IOException {
        Path made = directory.resolve("." + file + ".tmp");
        Files.writeString(made, text);
        Files.move(
                made,
                directory.resolve(file),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private static void awaitBody(PenstockProcess penstock, String body) {
        await().atMost(LIMIT)
                .untilAsserted(() ->
                        assertThat(get(penstock, "shop.example.com", "/").body()).isEqualTo(body));
    }

    private static boolean refusesConnections(int port) {
        try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return !probe.isConnected();
        } catch (IOException _) {
            return true;
        }
    }

    private static HttpResponse<String> get(PenstockProcess penstock, String host, String path)
            throws IOException, InterruptedException {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return client.send(
                    HttpRequest.newBuilder(
                                    URI.create("http://127.0.0.1:" + penstock.httpPort() + path))
                            .header("Host", host)
                            .build(),
                    BodyHandlers.ofString());
        }
    }

    /** A backend that answers one request when it is told to. */
    private static final class HeldBackend implements AutoCloseable {

        private final ServerSocket server;
        private @Nullable Socket connection;

        HeldBackend() throws IOException {
            server = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"));
            server.setSoTimeout(20_000);
        }

        int port() {
            return server.getLocalPort();
        }

        void awaitRequest() throws IOException {
            Socket accepted = server.accept();
            connection = accepted;
            BufferedReader lines =
                    new BufferedReader(
                            new InputStreamReader(
                                    accepted.getInputStream(), StandardCharsets.ISO_8859_1));
            while (!lines.readLine().isEmpty()) {
                // To the end of the head.
            }
        }

        void answer() throws IOException {
            requireNonNull(connection, "connection")
                    .getOutputStream()
                    .write(
                            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nheld"
                                    .getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public void close() throws IOException {
            if (connection != null) {
                connection.close();
            }
            server.close();
        }
    }
}
