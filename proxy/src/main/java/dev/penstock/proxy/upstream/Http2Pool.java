package dev.penstock.proxy.upstream;

import dev.penstock.l4.LiveEndpoint;
import dev.penstock.proxy.loop.Timeout;
import dev.penstock.proxy.loop.TimeoutWheel;
import dev.penstock.proxy.observe.LoopMetrics;
import dev.penstock.proxy.stream.ClientConnection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/2 connections: one carries all requests until its streams are used up, then another is
 * opened.
 */
final class Http2Pool extends EndpointPool {

    private final TimeoutWheel timeouts;
    private final long idleTimeoutNanos;
    private final List<Slot> open = new ArrayList<>();
    private final Deque<ConnectionWaiter> waiting = new ArrayDeque<>();
    private final IdleTimeout idleTimeout = new IdleTimeout();
    private int connecting;

    Http2Pool(
            LiveEndpoint endpoint,
            Connector connector,
            UpstreamSettings settings,
            LoopMetrics metrics,
            TimeoutWheel timeouts) {
        super(endpoint, connector, settings, metrics);
        this.timeouts = timeouts;
        this.idleTimeoutNanos = settings.idleTimeout().toNanos();
    }

    @Override
    public void acquire(ConnectionWaiter waiter, Reuse reuse, int connectTimeoutMillis) {
        // What is lost with a closing connection is known from its GOAWAY, so any will do.
        Slot slot = withFreeStream();
        if (slot != null) {
            waiter.onConnection(slot.connection());
            return;
        }
        if (waiting.size() >= settings.waitersMax()) {
            waiter.onConnectFailed(ConnectFailure.OVERLOADED);
            return;
        }
        waiting.addLast(waiter);
        if (connecting == 0 && open.size() < settings.connectionsMax()) {
            connecting++;
            connector.connect(connectTimeoutMillis, new Slot());
        }
    }

    private @Nullable Slot withFreeStream() {
        for (int i = 0; i < open.size(); i++) {
            Slot slot = open.get(i);
            if (slot.connection().availableStreams() > 0) {
                return slot;
            }
        }
        return null;
    }

    private void serveWaiting() {
        while (!waiting.isEmpty()) {
            Slot slot = withFreeStream();
            if (slot == null) {
                return;
            }
            waiting.removeFirst().onConnection(slot.connection());
        }
    }

    @Override
    public void cancel(ConnectionWaiter waiter) {
        waiting.remove(waiter);
    }

    @Override
    void retire() {
        retired = true;
        idleTimeout.cancel();
        for (Slot slot : List.copyOf(open)) {
            slot.closeIfUnused();
        }
    }

    @Override
    int connections() {
        return open.size() + connecting;
    }

    /** A connection's place in the pool, from the attempt to open it to its end. */
    private final class Slot implements Connector.Outcome {

        private @Nullable ClientConnection connection;
        private long idleSince;

        ClientConnection connection() {
            ClientConnection current = connection;
            if (current == null) {
                throw new IllegalStateException("not connected yet");
            }
            return current;
        }

        @Override
        public void connected(ClientConnection made) {
            connecting--;
            connection = made;
            open.add(this);
            connectSucceeded();
            unused();
            serveWaiting();
        }

        @Override
        public void failed(ConnectFailure failure) {
            connecting--;
            connectFailed();
            if (!open.isEmpty()) {
                // They are served when a stream of an open connection ends.
                return;
            }
            List<ConnectionWaiter> told = List.copyOf(waiting);
            waiting.clear();
            for (ConnectionWaiter waiter : told) {
                waiter.onConnectFailed(failure);
            }
        }

        @Override
        public void onAvailable(ClientConnection available) {
            if (connection == null) {
                return;
            }
            serveWaiting();
            if (available.activeStreams() == 0) {
                unused();
            }
        }

        private void unused() {
            idleSince = System.nanoTime();
            if (retired && waiting.isEmpty()) {
                connection().close();
            } else if (!idleTimeout.isScheduled()) {
                timeouts.schedule(idleTimeout, settings.idleTimeout().toMillis());
            }
        }

        void closeIfUnused() {
            if (connection().activeStreams() == 0) {
                connection().close();
            }
        }

        @Override
        public void onClosed(ClientConnection closed) {
            metrics.upstreamClosed();
            open.remove(this);
            if (open.isEmpty() && connecting == 0 && !waiting.isEmpty()) {
                List<ConnectionWaiter> told = List.copyOf(waiting);
                waiting.clear();
                for (ConnectionWaiter waiter : told) {
                    waiter.onConnectFailed(ConnectFailure.REFUSED);
                }
            }
        }
    }

    /** Closes connections that nobody used for the time they are kept. */
    private final class IdleTimeout extends Timeout {
        @Override
        protected void expired() {
            long now = System.nanoTime();
            long left = Long.MAX_VALUE;
            for (Slot slot : List.copyOf(open)) {
                if (slot.connection().activeStreams() > 0) {
                    continue;
                }
                long idleFor = now - slot.idleSince;
                if (idleFor >= idleTimeoutNanos) {
                    slot.connection().close();
                } else {
                    left = Math.min(left, idleTimeoutNanos - idleFor);
                }
            }
            if (left != Long.MAX_VALUE) {
                timeouts.schedule(this, TimeUnit.NANOSECONDS.toMillis(left) + 1);
            }
        }
    }
}
