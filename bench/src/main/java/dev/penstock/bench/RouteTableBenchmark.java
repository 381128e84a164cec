package dev.penstock.bench;

import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.HttpConfig;
import dev.penstock.model.http.Route;
import dev.penstock.model.http.VirtualHost;
import dev.penstock.routing.RouteTable;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to find a route, and to change one host. The aim: a match below 250 ns and without
 * allocation, whatever the size of the table. Requests are spread over all hosts, so that the
 * processor's caches help no more than they do with real traffic.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RouteTableBenchmark {

    private static final int REQUESTS = 1 << 14;

    /** The size of the table. */
    @Param({"1000", "20000", "100000"})
    public int routes;

    private final SampleRequest[] requests = new SampleRequest[REQUESTS];
    private final HttpConfig[] changes = new HttpConfig[2];
    private RouteTable<Route> table = RouteTable.empty();
    private int next;

    /** Makes the table, the requests and two configurations that differ in one host. */
    @Setup
    public void setup() {
        HttpConfig config = SampleRoutes.config(routes);
        table = table.update(config, RouteTableBenchmark::payload);
        Random random = new Random(1);
        int hosts = config.hosts().size();
        for (int i = 0; i < REQUESTS; i++) {
            String path = random.nextBoolean() ? "/api/v1/orders/4711" : "/static/app.js";
            String host = SampleRoutes.hostName(random.nextInt(hosts));
            requests[i] = SampleRequest.of(host, path);
        }
        changes[0] = config;
        SortedMap<HostPattern, VirtualHost> changed = new TreeMap<>(config.hosts());
        VirtualHost host = SampleRoutes.host(hosts / 2);
        changed.put(host.host(), host);
        changes[1] = new HttpConfig(changed, null);
    }

    private static Route payload(@Nullable VirtualHost host, Route route) {
        return route;
    }

    /** Finds the route of a request. */
    @Benchmark
    public @Nullable Route match() {
        return table.match(requests[next++ & (REQUESTS - 1)]);
    }

    /** Makes the table of a configuration in which one host has changed. */
    @Benchmark
    public RouteTable<Route> changeOneHost() {
        table = table.update(changes[next++ & 1], RouteTableBenchmark::payload);
        return table;
    }
}
