package dev.penstock.bench.proxies;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A server with all the processes it has; ends them when it is closed. */
final class RunningProxy implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final long POLL_NANOS = 1_000_000;
    private static final int END_SECONDS = 15;

    /** A mask; the kernel leaves those out that the machine has not. */
    private static final String ALL_PROCESSORS = "ffffffff";

    private final Process process;
    private final int httpPort;
    private final int httpsPort;
    private final long begin;
    private final long listening;

    private RunningProxy(Process process, int httpPort, int httpsPort, long begin) {
        this.process = process;
        this.httpPort = httpPort;
        this.httpsPort = httpsPort;
        this.begin = begin;
        this.listening = awaitListening();
    }

    /** Starts a product on one processor, and waits until it listens. */
    static RunningProxy start(Product product, Site site, int processor) throws IOException {
        return start(product, site, processor, Map.of());
    }

    /** The same with environment variables of its own. */
    static RunningProxy start(
            Product product, Site site, int processor, Map<String, String> environment)
            throws IOException {
        List<String> prefix = List.of("taskset", "-c", Integer.toString(processor));
        return start(product, site, prefix, environment);
    }

    /** Starts a product on all processors, and waits until it listens. */
    static RunningProxy startUnbound(Product product, Site site) throws IOException {
        return start(product, site, List.of("taskset", ALL_PROCESSORS), Map.of());
    }

    /** Starts the origin, on the processors of this process. */
    static RunningProxy startOrigin(Site site) throws IOException {
        Path file = site.configure("origin.conf", Map.of());
        List<String> command =
                List.of("nginx", "-c", file.toString(), "-p", site.directory().toString());
        return run(command, site, Map.of(), site.originPort(), site.originPort());
    }

    private static RunningProxy start(
            Product product, Site site, List<String> prefix, Map<String, String> environment)
            throws IOException {
        int httpPort = Site.freePort();
        int httpsPort = Site.freePort();
        List<String> command = new ArrayList<>(prefix);
        command.addAll(product.command(site, httpPort, httpsPort));
        return run(command, site, environment, httpPort, httpsPort);
    }

    private static RunningProxy run(
            List<String> command,
            Site site,
            Map<String, String> environment,
            int httpPort,
            int httpsPort)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(
                                        site.directory().resolve("programs.log").toFile()));
        // Caddy keeps its state below these.
        builder.environment().put("XDG_DATA_HOME", site.directory().toString());
        builder.environment().put("XDG_CONFIG_HOME", site.directory().toString());
        builder.environment().put("PENSTOCK_NO_BUILD", "1");
        builder.environment().putAll(environment);
        long begin = System.nanoTime();
        return new RunningProxy(builder.start(), httpPort, httpsPort, begin);
    }

    int httpPort() {
        return httpPort;
    }

    int httpsPort() {
        return httpsPort;
    }

    /** When the command was given, on the clock of {@link System#nanoTime}. */
    long beginNanos() {
        return begin;
    }

    /** When a connection was accepted first, on the clock of {@link System#nanoTime}. */
    long listeningNanos() {
        return listening;
    }

    /** Processor time of all processes so far, in microseconds, to 10 ms. */
    double cpuMicros() {
        return processes()
                        .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                        .reduce(Duration.ZERO, Duration::plus)
                        .toNanos()
                / 1e3;
    }

    /** Processor time of a JVM's compilers so far, in microseconds; 0 for other programs. */
    double compilerMicros() throws IOException {
        double nanos = 0;
        for (ProcessHandle one : processes().toList()) {
            try (Stream<Path> threads = Files.list(Path.of("/proc/" + one.pid() + "/task"))) {
                for (Path thread : threads.toList()) {
                    nanos += compilerNanos(thread);
                }
            }
        }
        return nanos / 1e3;
    }

    private static double compilerNanos(Path thread) throws IOException {
        try {
            String name = Files.readString(thread.resolve("comm"));
            if (!name.startsWith("C1 Comp") && !name.startsWith("C2 Comp")) {
                return 0;
            }
            return Double.parseDouble(Files.readString(thread.resolve("schedstat")).split(" ")[0]);
        } catch (NoSuchFileException e) {
            // It has ended meanwhile.
            return 0;
        }
    }

    /** Of the process that was started, or that took its place. */
    long pid() {
        return process.pid();
    }

    /**
     * Memory of all processes in KiB: what is resident, with pages that several share counted once
     * (Pss of proc(5)).
     */
    long residentKibibytes() throws IOException {
        long total = 0;
        for (ProcessHandle one : processes().toList()) {
            Path file = Path.of("/proc/" + one.pid() + "/smaps_rollup");
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith("Pss:")) {
                    total += Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        }
        return total;
    }

    private Stream<ProcessHandle> processes() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants());
    }

    private long awaitListening() {
        while (System.nanoTime() - begin < START_LIMIT.toNanos()) {
            if (!process.isAlive()) {
                throw new IllegalStateException(
                        "it ended with " + process.exitValue() + "; programs.log says why");
            }
            try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), httpPort)) {
                return System.nanoTime();
            } catch (IOException e) {
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
        process.destroyForcibly();
        throw new IllegalStateException("it does not listen after " + START_LIMIT);
    }

    @Override
    public void close() throws IOException {
        List<ProcessHandle> all = processes().toList();
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                all.forEach(ProcessHandle::destroyForcibly);
                process.waitFor();
            }
        } catch (InterruptedException e) {
            all.forEach(ProcessHandle::destroyForcibly);
            Thread.currentThread().interrupt();
        }
    }
}
