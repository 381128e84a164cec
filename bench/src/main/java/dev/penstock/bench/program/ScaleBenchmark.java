package dev.penstock.bench.program;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * How Penstock does with many Ingresses from manifests: time from the command to ready, time from a
 * changed file to the first request it decides, and resident memory.
 *
 * <p>Usage: {@code ScaleBenchmark [INGRESSES [CERTIFICATES [CHANGES]]]}; 10000, 2000 and 200 unless
 * given.
 */
public final class ScaleBenchmark {

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration CHANGE_LIMIT = Duration.ofSeconds(10);

    private final ManifestSet manifests;
    private final int changes;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int httpPort = freePort();
    private final int adminPort = freePort();

    private ScaleBenchmark(ManifestSet manifests, int changes) {
        this.manifests = manifests;
        this.changes = changes;
    }

    public static void main(String[] arguments) throws Exception {
        // The JDK's client sets Host by itself unless told that we may.
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
        int ingresses = argument(arguments, 0, 10_000);
        int certificates = argument(arguments, 1, 2_000);
        int changes = argument(arguments, 2, 200);
        Path directory = Files.createTempDirectory("penstock-scale");
        try {
            ManifestSet manifests = new ManifestSet(directory, ingresses, certificates);
            new ScaleBenchmark(manifests, changes).run();
        } finally {
            delete(directory);
        }
    }

    private static int argument(String[] arguments, int index, int otherwise) {
        return arguments.length > index ? Integer.parseInt(arguments[index]) : otherwise;
    }

    private void run() throws Exception {
        HttpServer blue = answering("blue");
        HttpServer green = answering("green");
        Process penstock = null;
        try {
            int bluePort = blue.getAddress().getPort();
            manifests.write(bluePort, green.getAddress().getPort());
            System.out.printf(
                    "%d ingresses, %d routes, %d certificates%n",
                    manifests.ingresses(), manifests.ingresses() * 2, manifests.certificates());
            long begin = System.nanoTime();
            penstock = start();
            long ready = awaitReady(penstock, begin);
            System.out.printf(
                    "ready after %d ms, resident %d MiB%n", ready, residentMebibytes(penstock));
            measureChanges(bluePort);
            System.out.printf(
                    "resident after %d changes %d MiB%n", changes, residentMebibytes(penstock));
        } finally {
            blue.stop(0);
            green.stop(0);
            if (penstock != null) {
                penstock.destroy();
                if (!penstock.waitFor(10, TimeUnit.SECONDS)) {
                    penstock.destroyForcibly();
                }
            }
        }
    }

    private void measureChanges(int ownPort) throws Exception {
        double[] millis = new double[changes];
        for (int i = 0; i < changes; i++) {
            int ingress = (int) ((long) i * 7919 % manifests.ingresses());
            awaitAnswer(ingress, "blue");
            long begin = System.nanoTime();
            manifests.switchTo(ingress, "green", ownPort);
            awaitAnswer(ingress, "green");
            millis[i] = (System.nanoTime() - begin) / 1e6;
        }
        Arrays.sort(millis);
        System.out.printf(
                "change to traffic over %d changes: p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, max %.1f ms%n",
                changes, at(millis, 0.5), at(millis, 0.9), at(millis, 0.99), millis[changes - 1]);
    }

    private static double at(double[] sorted, double quantile) {
        return sorted[(int) Math.min(sorted.length - 1L, Math.round(quantile * sorted.length) - 1)];
    }

    private Process start() throws IOException {
        Path launcher = Launcher.find();
        return new ProcessBuilder(
                        launcher.toString(),
                        "serve",
                        "--manifests",
                        manifests.directory().toString(),
                        "--bind",
                        "127.0.0.1",
                        "--http-port",
                        Integer.toString(httpPort),
                        "--https-port",
                        "0",
                        "--admin-port",
                        Integer.toString(adminPort),
                        "--access-log",
                        "off")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private long awaitReady(Process process, long begin) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + adminPort + "/readyz");
        HttpRequest request = HttpRequest.newBuilder(uri).build();
        while (System.nanoTime() - begin < START_LIMIT.toNanos()) {
            if (!process.isAlive()) {
                throw new IllegalStateException("penstock ended with " + process.exitValue());
            }
            try {
                if (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode()
                        == 200) {
                    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
                }
            } catch (IOException e) {
                // Not listening yet.
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        throw new IllegalStateException("not ready after " + START_LIMIT);
    }

    private void awaitAnswer(int ingress, String wanted) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/switch"))
                        .header("Host", ManifestSet.host(ingress))
                        .build();
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < CHANGE_LIMIT.toNanos()) {
            String body = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
            if (body.equals(wanted)) {
                return;
            }
        }
        throw new IllegalStateException(
                "no " + wanted + " from " + ManifestSet.host(ingress) + " after " + CHANGE_LIMIT);
    }

    private static long residentMebibytes(Process process) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
            String kibibytes =
                    lines.filter(line -> line.startsWith("VmRSS:"))
                            .findFirst()
                            .orElseThrow()
                            .replaceAll("\\D", "");
            return Long.parseLong(kibibytes) / 1024;
        }
    }

    private static HttpServer answering(String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.US_ASCII);
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        return server;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            List<Path> deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.delete(path);
            }
        }
    }
}
