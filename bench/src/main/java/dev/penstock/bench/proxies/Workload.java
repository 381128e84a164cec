package dev.penstock.bench.proxies;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A load as many requests as a proxy can take, by wrk (HTTP/1.1) or h2load (HTTP/2). */
enum Workload {
    H1_SMALL("answers of 128 bytes, 64 kept connections", false, "/s", 64),
    H1_10K("answers of 10 KiB, 64 kept connections", false, "/10k", 64),
    H1_1M("answers of 1 MiB, 16 kept connections", false, "/1m", 16),
    TLS_SMALL("answers of 128 bytes, 64 kept connections, TLS 1.3", true, "/s", 64),
    TLS_1M("answers of 1 MiB, 16 kept connections, TLS 1.3", true, "/1m", 16),
    H2_SMALL("answers of 128 bytes, 16 connections of 16 streams", true, "/s", 16),
    H2_10K("answers of 10 KiB, 16 connections of 16 streams", true, "/10k", 16),
    GRPC("unary calls of 128 bytes each way, HTTP/2 to the origin as well", true, "/grpc", 16),
    CONN_PLAIN("a new connection for each request", false, "/s", 64),
    CONN_TLS("a new connection and handshake for each request", true, "/s", 64);

    private static final Pattern WRK_REQUESTS = Pattern.compile("(\\d+) requests in ([\\d.]+)s");
    private static final Pattern WRK_REFUSED = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");
    private static final Pattern WRK_ERRORS =
            Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+)");
    private static final Pattern H2LOAD_TOTAL = Pattern.compile("requests: (\\d+) total");
    private static final Pattern H2LOAD_GOOD = Pattern.compile("status codes: (\\d+) 2xx");
    private static final int STREAMS = 16;

    private final String description;
    private final boolean tls;
    private final String path;
    private final int connections;

    Workload(String description, boolean tls, String path, int connections) {
        this.description = description;
        this.tls = tls;
        this.path = path;
        this.connections = connections;
    }

    /**
     * What came of a load.
     *
     * @param requests how many were answered well
     * @param seconds how long it took
     * @param failures answers of another status, and broken connections
     */
    record Outcome(long requests, double seconds, long failures) {}

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    String description() {
        return description;
    }

    /** Loads a proxy for some seconds. */
    Outcome run(RunningProxy proxy, Site site, int seconds)
            throws IOException, InterruptedException {
        boolean http2 = this == H2_SMALL || this == H2_10K || this == GRPC;
        String target =
                (tls ? "https" : "http")
                        + "://127.0.0.1:"
                        + (tls ? proxy.httpsPort() : proxy.httpPort())
                        + path;
        return http2 ? h2load(target, site, seconds) : wrk(target, seconds);
    }

    private Outcome wrk(String target, int seconds) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of("wrk", "-t1", "-c" + connections, "-d" + seconds + "s", "-H"));
        command.add("Host: " + Site.HOST);
        boolean closing = this == CONN_PLAIN || this == CONN_TLS;
        if (closing) {
            command.addAll(List.of("-H", "Connection: close"));
        }
        command.add(target);
        String printed = output(command);
        long[] errors = numbers(WRK_ERRORS, printed);
        // wrk counts the end of a connection that it asked for as a read error.
        long failed = closing ? 0 : Arrays.stream(errors).sum();
        Matcher matcher = require(WRK_REQUESTS, printed);
        long refused = Arrays.stream(numbers(WRK_REFUSED, printed)).sum();
        return new Outcome(
                Long.parseLong(matcher.group(1)) - refused,
                Double.parseDouble(matcher.group(2)),
                failed + refused);
    }

    private Outcome h2load(String target, Site site, int seconds)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("h2load", "-t1", "-c" + connections, "-m" + STREAMS, "-D"));
        command.addAll(List.of(Integer.toString(seconds), "-H", ":authority: " + Site.HOST));
        if (this == GRPC) {
            Path body = site.directory().resolve("call");
            Files.writeString(body, "x".repeat(Site.SMALL_BYTES));
            command.addAll(List.of("-d", body.toString(), "-H", "content-type: application/grpc"));
            command.addAll(List.of("-H", "te: trailers"));
        }
        command.add(target);
        String printed = output(command);
        long total = Long.parseLong(require(H2LOAD_TOTAL, printed).group(1));
        long good = Long.parseLong(require(H2LOAD_GOOD, printed).group(1));
        return new Outcome(good, seconds, Math.max(0, total - good));
    }

    private static String output(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command.getFirst() + " failed:\n" + printed);
        }
        return printed;
    }

    private static Matcher require(Pattern pattern, String text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException("no " + pattern + " in:\n" + text);
        }
        return matcher;
    }

    private static long[] numbers(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            return new long[0];
        }
        long[] found = new long[matcher.groupCount()];
        for (int i = 0; i < found.length; i++) {
            found[i] = Long.parseLong(matcher.group(i + 1));
        }
        return found;
    }
}
