package dev.penstock.e2e.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.penstock.e2e.harness.Manifests;
import dev.penstock.e2e.harness.PenstockProcess;
import dev.penstock.e2e.harness.TextBackend;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Changes of manifests while requests are in flight. */
final class ChangesUnderLoadTest {

    private static final int CHANGES = 1000;
    private static final int INGRESSES = 10;
    private static final int CLIENTS = 6;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong answered = new AtomicLong();

    @Test
    @Timeout(300)
    void thousandChangesUnderLoadFailNoRequest(@TempDir Path directory) throws Exception {
        try (TextBackend blue = new TextBackend("blue");
                TextBackend green = new TextBackend("green")) {
            Files.writeString(
                    directory.resolve("services.yaml"),
                    Manifests.service("blue", blue.port())
                            + Manifests.service("green", green.port()));
            for (int i = 0; i < INGRESSES; i++) {
                change(directory, i, "blue");
            }
            try (PenstockProcess penstock = PenstockProcess.serve(directory)) {
                underLoad(penstock.httpPort(), () -> changeAndSee(directory, penstock.httpPort()));
            }
        }
        assertThat(failures).isEmpty();
        assertThat(answered.get()).isGreaterThan(CHANGES);
    }

    private void changeAndSee(Path directory, int port) throws Exception {
        for (int change = 0; change < CHANGES; change++) {
            int ingress = change % INGRESSES;
            String service = change / INGRESSES % 2 == 0 ? "green" : "blue";
            change(directory, ingress, service);
            await().atMost(Duration.ofSeconds(10))
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> get(port, ingress).body().equals(service));
        }
    }

    private void underLoad(int port, Work work) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CLIENTS; i++) {
                int first = i;
                clients.submit(() -> request(port, first, done));
            }
            try {
                work.run();
            } finally {
                done.set(true);
            }
            clients.shutdown();
            assertThat(clients.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private void request(int port, int first, AtomicBoolean done) {
        for (int i = first; !done.get(); i++) {
            try {
                HttpResponse<String> response = get(port, i % INGRESSES);
                answered.incrementAndGet();
                if (response.statusCode() != 200
                        || !List.of("blue", "green").contains(response.body())) {
                    failures.add(response.statusCode() + " " + response.body());
                }
            } catch (IOException e) {
                failures.add(e.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private HttpResponse<String> get(int port, int ingress)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                        .timeout(Duration.ofSeconds(10))
                        .header("Host", host(ingress))
                        .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /**
     * Every other change is an edit in place, the others are atomic renames, as editors and tools
     * do it.
     */
    private static void change(Path directory, int ingress, String service) throws IOException {
        Path file = directory.resolve("ingress-" + ingress + ".yaml");
        String text = Manifests.ingress("i" + ingress, host(ingress), service, "{}");
        if (ingress % 2 == 0) {
            Files.writeString(file, text);
        } else {
            Path temporary = directory.resolve(".ingress-" + ingress + ".tmp");
            Files.writeString(temporary, text);
            Files.move(
                    temporary,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static String host(int ingress) {
        return "h" + ingress + ".example.com";
    }

    /** What is done while requests flow. */
    private interface Work {
        void run() throws Exception;
    }
}
