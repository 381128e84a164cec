package dev.penstock.e2e.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** A running {@code ./penstock}. Its ports are free ones; closing it ends it with SIGTERM. */
public final class PenstockProcess implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Pattern LISTENER =
            Pattern.compile("\\b(http|https|admin) (?:\\[[^]]*]|[^\\s:]+):(\\d+)");

    private final Process process;
    private final Thread reading;
    private final ConcurrentLinkedQueue<String> output = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<String> ready = new CompletableFuture<>();

    private PenstockProcess(Process process) {
        this.process = process;
        reading = Thread.ofVirtual().start(this::read);
    }

    /** Starts {@code serve} on free loopback ports and waits until it is ready. */
    public static PenstockProcess serve(Path manifests, String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "serve",
                                "--manifests",
                                manifests.toString(),
                                "--bind",
                                "127.0.0.1"));
        arguments.addAll(List.of("--http-port", "0", "--https-port", "0", "--admin-port", "0"));
        arguments.addAll(List.of("--access-log", "off"));
        arguments.addAll(List.of(more));
        PenstockProcess started = start(arguments);
        started.awaitReady();
        return started;
    }

    /** Starts the program with the given arguments. */
    public static PenstockProcess start(List<String> arguments) {
        try {
            return new PenstockProcess(builder(List.of(), arguments).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts the program inside a network namespace. It ends with the namespace, and so with this
     * JVM, also if nobody closes it.
     *
     * @param prefix a command that runs the program, such as one that takes privileges from it
     */
    public static PenstockProcess startIn(
            NetworkNamespace network,
            List<String> prefix,
            List<String> arguments,
            Map<String, String> environment) {
        List<String> whole = new ArrayList<>(prefix);
        whole.addAll(List.of("setpriv", "--pdeathsig", "KILL", "--"));
        ProcessBuilder builder = builder(whole, arguments);
        builder.environment().putAll(environment);
        return new PenstockProcess(network.start(builder));
    }

    private static ProcessBuilder builder(List<String> prefix, List<String> arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.add(checkout().resolve("penstock").toString());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PENSTOCK_NO_BUILD", "1");
        return builder;
    }

    /** The top folder of the source tree. */
    public static Path checkout() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isExecutable(at.resolve("penstock"))) {
                return at;
            }
        }
        throw new IllegalStateException(
                "no ./penstock here or above (expected: run in a checkout)");
    }

    /** Waits for the line that says the program is ready. */
    public void awaitReady() {
        try {
            ready.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            close();
            throw new IllegalStateException(
                    "not ready; it printed:\n" + String.join("\n", output), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits for a line that contains a text. */
    public void awaitLine(String text) {
        awaitReady();
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> output.stream().anyMatch(line -> line.contains(text)));
    }

    public int httpPort() {
        return port("http");
    }

    public int httpsPort() {
        return port("https");
    }

    public int adminPort() {
        return port("admin");
    }

    private int port(String listener) {
        Matcher matcher = LISTENER.matcher(ready.join());
        while (matcher.find()) {
            if (matcher.group(1).equals(listener)) {
                return Integer.parseInt(matcher.group(2));
            }
        }
        throw new IllegalStateException("no " + listener + " in: " + ready.join());
    }

    /** What the program printed so far, standard output and error together. */
    public List<String> output() {
        return List.copyOf(output);
    }

    /** Waits until the program has ended by itself, and returns its exit code. */
    public int awaitEnd() {
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                close();
                throw new IllegalStateException(
                        "did not end; it printed:\n" + String.join("\n", output));
            }
            reading.join();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public Process process() {
        return process;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line);
                if (line.contains("penstock is ready")) {
                    ready.complete(line);
                }
            }
        } catch (IOException e) {
            output.add("reading its output failed: " + e);
        }
        ready.completeExceptionally(new IllegalStateException("it ended before it was ready"));
    }
}
