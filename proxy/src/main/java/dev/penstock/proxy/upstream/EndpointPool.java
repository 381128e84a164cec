package dev.penstock.proxy.upstream;

import dev.penstock.l4.LiveEndpoint;
import dev.penstock.proxy.observe.LoopMetrics;
import java.util.concurrent.TimeUnit;

/**
 * The connections of one event loop to one endpoint. Handed to whoever was given the endpoint by
 * {@link LoopCluster#pick}.
 */
public abstract sealed class EndpointPool permits Http1Pool, Http2Pool {

    private static final long FAILURE_REMEMBERED_NANOS = TimeUnit.SECONDS.toNanos(1);

    final LiveEndpoint endpoint;
    final Connector connector;
    final UpstreamSettings settings;
    final LoopMetrics metrics;
    boolean retired;
    private boolean failed;
    private long failedAt;

    EndpointPool(
            LiveEndpoint endpoint,
            Connector connector,
            UpstreamSettings settings,
            LoopMetrics metrics) {
        this.metrics = metrics;
        this.endpoint = endpoint;
        this.connector = connector;
        this.settings = settings;
    }

    public final LiveEndpoint endpoint() {
        return endpoint;
    }

    /**
     * Finds a connection for a waiter, which may be told during the call.
     *
     * @param reuse which open connections will do
     * @param connectTimeoutMillis for a connection that must be made
     */
    public abstract void acquire(ConnectionWaiter waiter, Reuse reuse, int connectTimeoutMillis);

    /** Lets a waiter wait no longer. It is not told. */
    public abstract void cancel(ConnectionWaiter waiter);

    /**
     * Lets the pool end: the endpoint is not to be used any more. Unused connections are closed,
     * used ones when they are free.
     */
    abstract void retire();

    /** Connections that are open or being opened. */
    abstract int connections();

    final void connectSucceeded() {
        failed = false;
        metrics.upstreamOpened();
    }

    final void connectFailed() {
        metrics.upstreamFailed();
        failed = true;
        failedAt = System.nanoTime();
    }

    /** Whether connecting failed a short time ago and has not succeeded since. */
    final boolean failedLately() {
        if (failed && System.nanoTime() - failedAt > FAILURE_REMEMBERED_NANOS) {
            failed = false;
        }
        return failed;
    }
}
