package dev.penstock.bench.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How {@code penstock node}, and kube-proxy, do with many Services of two endpoints: from the start
 * to Services that answer, from a change to its effect on a new connection, processor time and
 * memory. Run by {@code bench/node}, which makes the network namespace and the API server; see
 * there for the options.
 */
public final class NodeBenchmark {

    private static final long START_LIMIT_MINUTES = 20;
    private static final long CHANGE_LIMIT_MINUTES = 5;

    /** No more changes are made of one program after this. */
    private static final long CHANGES_MINUTES = 2;

    private static final int SAMPLES = 64;
    private static final long PROBE_NANOS_MIN = 200_000;
    private static final int PROBE_SHARE = 50;
    private static final long PAUSE_MILLIS = 50;
    private static final double IDLE_SHARE = 0.05;
    private static final int STEP = 7919;

    private final int services;
    private final int changes;
    private final ServiceStore store;
    private final int[] pairs;

    private NodeBenchmark(int services, int changes, ServiceStore store) {
        this.services = services;
        this.changes = changes;
        this.store = store;
        this.pairs = new int[services];
    }

    /** Takes {@code --NAME VALUE} pairs, as {@code bench/node} writes them. */
    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = new TreeMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            options.put(arguments[i], arguments[i + 1]);
        }
        int services = Integer.parseInt(options.getOrDefault("--services", "10000"));
        int changes = Integer.parseInt(options.getOrDefault("--changes", "200"));
        Path directory = Path.of(options.getOrDefault("--directory", ""));
        String kubeProxy = options.getOrDefault("--kube-proxy", "");
        Path log = directory.resolve("programs.log");
        List<NodeProgram> programs = new ArrayList<>();
        ServiceStore store;
        if (Files.exists(directory.resolve("token"))) {
            ClusterStore cluster = new ClusterStore(directory);
            cluster.awaitReady();
            store = cluster;
            programs.add(NodeProgram.penstock(cluster, log));
            if (!kubeProxy.isEmpty()) {
                programs.add(NodeProgram.kubeProxy(Path.of(kubeProxy), cluster, log));
            }
        } else {
            store = new ManifestStore(directory.resolve("manifests"));
            programs.add(NodeProgram.penstock(store, log));
        }
        long begin = System.nanoTime();
        store.create(services);
        System.out.printf("%d services written in %.1f s%n%n", services, seconds(begin));
        System.out.println(
                "| program | mode | services | first sync s | CPU s | peak MiB |"
                        + " changes | p50 ms | p99 ms | max ms | CPU ms a change | then MiB |");
        System.out.println(
                "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        NodeBenchmark benchmark = new NodeBenchmark(services, changes, store);
        try (Pods _ = Pods.start()) {
            for (String mode : options.getOrDefault("--modes", "nftables").split(",")) {
                for (NodeProgram program : programs) {
                    benchmark.measure(program, mode);
                }
            }
        }
        // The client of the API server has threads that would wait for more.
        System.exit(0);
    }

    private void measure(NodeProgram program, String mode) throws Exception {
        long begin = System.nanoTime();
        Process process = program.start(mode);
        try {
            awaitAll(process, begin);
            double first = seconds(begin);
            double firstCpu = ProcessUsage.of(process).cpuSeconds();
            ProcessUsage settled = awaitIdle(process);
            double[] millis = change(process);
            ProcessUsage end = ProcessUsage.of(process);
            System.out.printf(
                    "| %s | %s | %d | %.2f | %.1f | %d | %d | %.1f | %.1f | %.1f | %.1f | %d |%n",
                    program.name(),
                    mode,
                    services,
                    first,
                    firstCpu,
                    settled.residentMaxKibibytes() / 1024,
                    millis.length,
                    quantile(millis, 0.5),
                    quantile(millis, 0.99),
                    millis[millis.length - 1],
                    (end.cpuSeconds() - settled.cpuSeconds()) * 1000 / millis.length,
                    end.residentKibibytes() / 1024);
        } finally {
            program.stop(process);
        }
    }

    /** Waits until Services spread over all of them answer, the last one among them. */
    private void awaitAll(Process process, long begin) {
        for (int i = 0; i <= SAMPLES; i++) {
            int service = (int) ((long) i * (services - 1) / SAMPLES);
            await(process, service, begin, START_LIMIT_MINUTES);
        }
    }

    /** Waits until a program has nothing more to do after its start. */
    private static ProcessUsage awaitIdle(Process process)
            throws IOException, InterruptedException {
        ProcessUsage before = ProcessUsage.of(process);
        while (true) {
            TimeUnit.SECONDS.sleep(2);
            ProcessUsage now = ProcessUsage.of(process);
            if (now.cpuSeconds() - before.cpuSeconds() < 2 * IDLE_SHARE) {
                return now;
            }
            before = now;
        }
    }

    /** Changes Services one after the other; how long each took, sorted. */
    private double[] change(Process process) throws IOException, InterruptedException {
        long start = System.nanoTime();
        double[] millis = new double[changes];
        int made = 0;
        while (made < changes && (made == 0 || seconds(start) < CHANGES_MINUTES * 60)) {
            int service = (int) ((long) made * STEP % services);
            pairs[service] = 1 - pairs[service];
            long begin = System.nanoTime();
            store.move(service, pairs[service]);
            await(process, service, begin, CHANGE_LIMIT_MINUTES);
            millis[made++] = (System.nanoTime() - begin) / 1e6;
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        double[] sorted = Arrays.copyOf(millis, made);
        Arrays.sort(sorted);
        return sorted;
    }

    /** Connects to a Service until it leads to the pods it should. */
    private void await(Process process, int service, long begin, long minutes) {
        while (Pods.reached(service) != pairs[service]) {
            if (!process.isAlive()) {
                throw new IllegalStateException(
                        "it ended with " + process.exitValue() + "; programs.log says why");
            }
            long passed = System.nanoTime() - begin;
            if (passed > TimeUnit.MINUTES.toNanos(minutes)) {
                throw new IllegalStateException(
                        NodeServices.name(service) + " does not answer after " + minutes + " min");
            }
            LockSupport.parkNanos(
                    Math.max(PROBE_NANOS_MIN, (System.nanoTime() - begin) / PROBE_SHARE / 10));
        }
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private static double quantile(double[] sorted, double quantile) {
        return sorted[(int) Math.min(sorted.length - 1L, Math.round(quantile * sorted.length) - 1)];
    }
}
