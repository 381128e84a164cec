package dev.penstock.proxy.observe;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * All that the data plane counts. Event loops write through {@link #loop}, each into its own part;
 * {@link #collect} puts the parts together. May be used on any thread.
 */
public final class ProxyMetrics implements MultiCollector {

    private final List<LoopMetrics> loops;
    private final ConcurrentMap<RouteLabels, RouteMetrics> routes = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, ListenerMetrics> listeners = new ConcurrentHashMap<>();
    private final RouteMetrics unrouted;

    /**
     * @param loopCount how many event loops will write
     */
    public ProxyMetrics(int loopCount) {
        List<LoopMetrics> made = new ArrayList<>();
        for (int i = 0; i < loopCount; i++) {
            made.add(new LoopMetrics(i));
        }
        loops = List.copyOf(made);
        unrouted = new RouteMetrics(RouteLabels.UNROUTED, loopCount);
    }

    /** The part of one event loop, from 0. */
    public LoopMetrics loop(int index) {
        return loops.get(index);
    }

    /** The series of a set of labels: the same for equal labels until they are let go. */
    public RouteMetrics series(RouteLabels labels) {
        return labels.equals(RouteLabels.UNROUTED)
                ? unrouted
                : routes.computeIfAbsent(labels, l -> new RouteMetrics(l, loops.size()));
    }

    /** The series of requests that no route takes. */
    public RouteMetrics unrouted() {
        return unrouted;
    }

    /**
     * Lets go of the series of routes that are gone. What is still counted into one is seen by
     * nobody.
     */
    public void forget(Set<RouteLabels> labels) {
        labels.forEach(routes::remove);
    }

    /** The series of a listener, such as {@code https}. */
    public ListenerMetrics listener(String name) {
        return listeners.computeIfAbsent(name, n -> new ListenerMetrics(n, loops.size()));
    }

    /** Requests in flight now. */
    public long exchangesInFlight() {
        return total(LoopMetrics.EXCHANGES_STARTED) - total(LoopMetrics.EXCHANGES_ENDED);
    }

    /** Clients' connections that are open now. */
    public long connectionsOpen() {
        long open = 0;
        for (ListenerMetrics listener : listeners.values()) {
            long[] totals = listener.totals();
            open += totals[ListenerMetrics.ACCEPTED] - totals[ListenerMetrics.CLOSED];
        }
        return open;
    }

    private long total(int counter) {
        long total = 0;
        for (LoopMetrics loop : loops) {
            total += loop.counters().get(counter);
        }
        return total;
    }

    /** What was counted for each set of labels that had any requests, in no order. */
    public List<RouteTraffic> traffic() {
        List<RouteTraffic> traffic = new ArrayList<>();
        addTraffic(unrouted, traffic);
        routes.values().forEach(route -> addTraffic(route, traffic));
        return traffic;
    }

    private static void addTraffic(RouteMetrics route, List<RouteTraffic> traffic) {
        RouteTotals totals = route.totals();
        if (totals != null) {
            traffic.add(RouteTraffic.of(route.labels(), totals));
        }
    }

    @Override
    public MetricSnapshots collect() {
        SnapshotBuilder builder = new SnapshotBuilder();
        builder.route(unrouted);
        routes.values().forEach(builder::route);
        listeners.values().forEach(builder::listener);
        builder.loops(loops);
        return builder.build();
    }
}
