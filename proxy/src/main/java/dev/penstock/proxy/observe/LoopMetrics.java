package dev.penstock.proxy.observe;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** What one event loop counts. Written by that loop only. */
public final class LoopMetrics {

    static final int EXCHANGES_STARTED = 0;
    static final int EXCHANGES_ENDED = 1;
    static final int UPSTREAM_OPENED = 2;
    static final int UPSTREAM_CLOSED = 3;
    static final int UPSTREAM_FAILED = 4;
    static final int RETRIES = 5;
    static final int HANDSHAKES = 6;
    static final int HANDSHAKES_FAILED = 7;
    static final int COUNTERS = 8;

    /** Reasons and errors are constants of ours; this bounds what a mistake could make of them. */
    private static final int NAMES_MAX = 64;

    private static final String OTHER = "other";

    private final int index;
    private final Counters counters = new Counters(COUNTERS);
    private final ConcurrentMap<String, Counters> refusals = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Counters> errors = new ConcurrentHashMap<>();

    LoopMetrics(int index) {
        this.index = index;
    }

    /** Which of the event loops this is, from 0. */
    public int index() {
        return index;
    }

    public void exchangeStarted() {
        counters.increment(EXCHANGES_STARTED);
    }

    /**
     * Counts an exchange that was started here, whatever became of it.
     *
     * @param series the route's, or {@link ProxyMetrics#unrouted()}
     */
    public void exchangeEnded(ExchangeRecord exchange, RouteMetrics series) {
        counters.increment(EXCHANGES_ENDED);
        if (exchange.retries() > 0) {
            counters.add(RETRIES, exchange.retries());
        }
        String error = exchange.error();
        if (error != null) {
            named(errors, error);
        }
        series.cells(index).record(exchange);
    }

    /** A connection to an endpoint was made. */
    public void upstreamOpened() {
        counters.increment(UPSTREAM_OPENED);
    }

    /** A connection that was made is gone. */
    public void upstreamClosed() {
        counters.increment(UPSTREAM_CLOSED);
    }

    /** A connection to an endpoint could not be made. */
    public void upstreamFailed() {
        counters.increment(UPSTREAM_FAILED);
    }

    /** A client's TLS handshake came to its end. */
    public void handshakeEnded(boolean successful) {
        counters.increment(successful ? HANDSHAKES : HANDSHAKES_FAILED);
    }

    /**
     * A message was refused before it became an exchange.
     *
     * @param reason a short constant text
     */
    public void refused(String reason) {
        named(refusals, reason);
    }

    Counters counters() {
        return counters;
    }

    ConcurrentMap<String, Counters> refusals() {
        return refusals;
    }

    ConcurrentMap<String, Counters> errors() {
        return errors;
    }

    private static void named(ConcurrentMap<String, Counters> table, String name) {
        Counters counter = table.get(name);
        if (counter == null) {
            String kept = table.size() < NAMES_MAX ? name : OTHER;
            counter = table.computeIfAbsent(kept, _ -> new Counters(1));
        }
        counter.increment(0);
    }
}
