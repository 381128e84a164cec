package dev.penstock.bench.proxies;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Measures Penstock beside the other proxies of {@link Product}, one at a time, on a processor of
 * their own; see {@code bench/proxies} for the options. Writes tables to standard output, and
 * tables and a plot into a directory.
 */
public final class ProxyComparison {

    private static final int PROXY_PROCESSOR = 0;
    private static final int CONNECTIONS = 64;
    private static final int SLICE_SECONDS = 2;
    private static final int LATENCY_WARM_UP_SECONDS = 10;
    private static final int FIRST_REQUESTS = 1000;
    private static final int IDLE = 9_000;
    private static final int IDLE_TLS = 2_000;
    private static final int SETTLE_SECONDS = 5;

    private final Site site;
    private final int seconds;
    private final int latencySeconds;
    private final List<Workload> workloads;
    private final Table processorTime = new Table("CPU a request, µs");
    private final Table latency = new Table("latency at half of nginx's most, ms");
    private final Table memory = new Table("memory");
    private final Table garbage = new Table("garbage a request, bytes");
    private final Table start = new Table("start, ms");

    /** Requests a second; 0 until it is known. */
    private double rate;

    private ProxyComparison(Site site, Map<String, String> options) {
        this.site = site;
        this.seconds = Integer.parseInt(options.getOrDefault("--seconds", "10"));
        this.latencySeconds = Integer.parseInt(options.getOrDefault("--latency-seconds", "30"));
        this.workloads =
                list(options.get("--loads"), Workload.values()).stream()
                        .map(name -> Workload.valueOf(name.toUpperCase(Locale.ROOT)))
                        .toList();
        this.rate = Double.parseDouble(options.getOrDefault("--rate", "0"));
    }

    /** Takes {@code --NAME VALUE} pairs, as {@code bench/proxies} writes them. */
    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = new TreeMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            options.put(arguments[i], arguments[i + 1]);
        }
        List<Product> products = new ArrayList<>();
        for (String name : list(options.get("--proxies"), Product.values())) {
            Product product = Product.valueOf(name.toUpperCase(Locale.ROOT));
            if (product.isInstalled()) {
                products.add(product);
            } else {
                System.out.println(product.title() + " is not installed: left out");
            }
        }
        Path directory = Path.of(options.getOrDefault("--directory", ""));
        ProxyComparison comparison = new ProxyComparison(new Site(directory), options);
        List<String> parts = list(options.get("--parts"), Part.values());
        int rounds = Integer.parseInt(options.getOrDefault("--rounds", "1"));
        try (RunningProxy _ = RunningProxy.startOrigin(comparison.site)) {
            for (int round = 0; round < rounds; round++) {
                for (String part : parts) {
                    comparison.measure(Part.valueOf(part.toUpperCase(Locale.ROOT)), products);
                }
            }
        }
        comparison.report(products, Path.of(options.getOrDefault("--out", directory.toString())));
    }

    /** What can be measured. */
    private enum Part {
        CPU,
        LATENCY,
        MEMORY,
        GARBAGE,
        START
    }

    private void measure(Part part, List<Product> products)
            throws IOException, InterruptedException {
        if (part == Part.CPU) {
            measureProcessorTime(products);
            return;
        }
        for (Product product : products) {
            System.err.printf("%s: %s%n", product.title(), part.name().toLowerCase(Locale.ROOT));
            switch (part) {
                case CPU -> throw new IllegalArgumentException("part: CPU (expected: another)");
                case LATENCY -> measureLatency(product);
                case MEMORY -> measureMemory(product);
                case GARBAGE -> measureGarbage(product);
                case START -> measureStart(product);
            }
        }
    }

    /**
     * All run at once and are loaded in turn, a short while each: what else goes on with the
     * machine meets them alike.
     */
    private void measureProcessorTime(List<Product> products)
            throws IOException, InterruptedException {
        Map<Product, RunningProxy> running = new EnumMap<>(Product.class);
        try {
            for (Product product : products) {
                running.put(product, RunningProxy.start(product, site, PROXY_PROCESSOR));
            }
            for (Workload workload : workloads) {
                for (RunningProxy proxy : running.values()) {
                    WarmUp.run(proxy, site, workload);
                }
                for (int slice = 0; slice < Math.max(1, seconds / SLICE_SECONDS); slice++) {
                    for (Product product : slice % 2 == 0 ? products : products.reversed()) {
                        measureSlice(workload, product, running.get(product));
                    }
                }
            }
        } finally {
            for (RunningProxy proxy : running.values()) {
                proxy.close();
            }
        }
    }

    private void measureSlice(Workload workload, Product product, @Nullable RunningProxy proxy)
            throws IOException, InterruptedException {
        if (proxy == null) {
            return;
        }
        double before = proxy.cpuMicros();
        Workload.Outcome outcome = workload.run(proxy, site, SLICE_SECONDS);
        double micros = (proxy.cpuMicros() - before) / Math.max(1, outcome.requests());
        processorTime.add(workload.title(), product, micros);
        System.err.printf(
                "  %-10s %-8s %8.1f µs, %6.0f a second, %d failed%n",
                workload.title(),
                product.title(),
                micros,
                outcome.requests() / outcome.seconds(),
                outcome.failures());
    }

    private void measureGarbage(Product product) throws IOException, InterruptedException {
        if (product != Product.PENSTOCK) {
            return;
        }
        try (RunningProxy proxy = RunningProxy.start(product, site, PROXY_PROCESSOR)) {
            for (Workload workload : workloads) {
                WarmUp.run(proxy, site, workload);
                double before = Garbage.allocatedBytes(proxy);
                Workload.Outcome outcome = workload.run(proxy, site, seconds);
                double bytes = Garbage.allocatedBytes(proxy) - before;
                garbage.add(workload.title(), product, bytes / Math.max(1, outcome.requests()));
            }
        }
    }

    private void measureLatency(Product product) throws IOException, InterruptedException {
        if (rate == 0) {
            try (RunningProxy nginx = RunningProxy.start(Product.NGINX, site, PROXY_PROCESSOR)) {
                WarmUp.run(nginx, site, Workload.H1_SMALL);
                Workload.Outcome most = Workload.H1_SMALL.run(nginx, site, seconds);
                rate = most.requests() / most.seconds() / 2;
            }
        }
        Pauses pauses = new Pauses(site.directory().resolve("pauses.log"));
        try (RunningProxy proxy =
                        RunningProxy.start(product, site, PROXY_PROCESSOR, pauses.environment());
                OpenLoop clients = new OpenLoop(proxy.httpPort(), CONNECTIONS)) {
            clients.run(rate, (int) (rate * LATENCY_WARM_UP_SECONDS));
            pauses.restart();
            long[] nanos = clients.run(rate, (int) (rate * latencySeconds));
            latency.add("p50", product, quantile(nanos, 0.5) / 1e6);
            latency.add("p99", product, quantile(nanos, 0.99) / 1e6);
            latency.add("p99.9", product, quantile(nanos, 0.999) / 1e6);
            latency.add("longest", product, nanos[nanos.length - 1] / 1e6);
        }
        if (product == Product.PENSTOCK) {
            latency.add("longest pause of the JVM", product, pauses.longestMillis());
            System.err.printf(
                    "  %.0f requests a second for %d s, %d pauses, %.2f ms at most%n",
                    rate, latencySeconds, pauses.count(), pauses.longestMillis());
        }
    }

    private void measureMemory(Product product) throws IOException, InterruptedException {
        try (RunningProxy proxy = RunningProxy.start(product, site, PROXY_PROCESSOR)) {
            memory.add("idle, MiB", product, settled(proxy) / 1024.0);
            WarmUp.run(proxy, site, Workload.H1_SMALL);
            Workload.H1_SMALL.run(proxy, site, seconds);
            memory.add("under load, MiB", product, proxy.residentKibibytes() / 1024.0);
            memory.add("idle connection, KiB", product, perConnection(proxy, false, IDLE));
            memory.add("idle TLS connection, KiB", product, perConnection(proxy, true, IDLE_TLS));
        }
    }

    /** What a connection adds, once a tenth as many have been there before. */
    private double perConnection(RunningProxy proxy, boolean tls, int count)
            throws IOException, InterruptedException {
        IdleConnections.open(proxy, site, tls, count / 10).close();
        long before = settled(proxy);
        try (IdleConnections _ = IdleConnections.open(proxy, site, tls, count)) {
            return Math.max(0, settled(proxy) - before) / (double) count;
        }
    }

    private static long settled(RunningProxy proxy) throws IOException, InterruptedException {
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        return proxy.residentKibibytes();
    }

    private void measureStart(Product product) throws IOException {
        try (RunningProxy proxy = RunningProxy.startUnbound(product, site)) {
            double listening = proxy.listeningNanos() - proxy.beginNanos();
            start.add("listening", product, listening / 1e6);
            awaitAnswer(proxy);
            double answer = System.nanoTime() - proxy.beginNanos();
            start.add("first answer", product, answer / 1e6);
            try (OpenLoop clients = new OpenLoop(proxy.httpPort(), CONNECTIONS)) {
                long[] nanos = clients.run(FIRST_REQUESTS, FIRST_REQUESTS);
                start.add("p99 of the first 1,000", product, quantile(nanos, 0.99) / 1e6);
            }
        }
    }

    private static void awaitAnswer(RunningProxy proxy) throws IOException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.httpPort())) {
                IdleConnections.ask(socket);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > limit) {
                    throw e;
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private void report(List<Product> products, Path out) throws IOException {
        List<Table> tables =
                Stream.of(processorTime, latency, memory, garbage, start)
                        .filter(table -> !table.isEmpty())
                        .toList();
        StringBuilder text = new StringBuilder();
        tables.forEach(table -> text.append(table.toMarkdown(products)).append('\n'));
        System.out.print(text);
        Files.createDirectories(out);
        Files.writeString(out.resolve("proxies.md"), text);
        Files.writeString(out.resolve("proxies.svg"), Plot.draw(tables, products));
        System.err.println("written to " + out.resolve("proxies.md") + " and proxies.svg");
    }

    private static List<String> list(@Nullable String given, Enum<?>[] all) {
        return given == null
                ? Arrays.stream(all).map(Enum::name).toList()
                : List.of(given.split(","));
    }

    private static double quantile(long[] sorted, double quantile) {
        return sorted[(int) Math.min(sorted.length - 1L, Math.round(quantile * sorted.length) - 1)];
    }
}
