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
 * HTTP/1.1 connections: one request at a time each, the one used last is used first, so that as few
 * as can be are kept busy and the rest grow old.
 */
final class Http1Pool extends EndpointPool {

    /**
     * How long a connection may have been unused to count as just used. Servers close connections
     * after they were unused for a time; within this one none does.
     */
    private static final long RECENT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final TimeoutWheel timeouts;
    private final long idleTimeoutNanos;
    // The one unused for the longest time first.
    private final Deque<Slot> idle = new ArrayDeque<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final List<Slot> connecting = new ArrayList<>();
    private final IdleTimeout idleTimeout = new IdleTimeout();
    private int connections;

    Http1Pool(
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
        Slot slot = takeIdle(reuse);
        if (slot != null) {
            slot.give(waiter);
        } else if (connections < settings.connectionsMax()) {
            connect(waiter, connectTimeoutMillis);
        } else if (waiting.size() < settings.waitersMax()) {
            waiting.addLast(new Waiting(waiter, connectTimeoutMillis));
        } else {
            waiter.onConnectFailed(ConnectFailure.OVERLOADED);
        }
    }

    private @Nullable Slot takeIdle(Reuse reuse) {
        if (reuse != Reuse.ANY && !idle.isEmpty()) {
            if (reuse == Reuse.NONE
                    || System.nanoTime() - idle.getLast().idleSince > RECENT_NANOS) {
                // The new connection takes the place of the oldest, so that their number stays.
                closeOldest();
                return null;
            }
        }
        for (Slot slot = idle.pollLast(); slot != null; slot = idle.pollLast()) {
            slot.idle = false;
            if (slot.connection().availableStreams() > 0) {
                return slot;
            }
            slot.close();
        }
        return null;
    }

    private void closeOldest() {
        Slot oldest = idle.removeFirst();
        oldest.idle = false;
        oldest.close();
    }

    private void connect(ConnectionWaiter waiter, int timeoutMillis) {
        connections++;
        Slot slot = new Slot(waiter);
        connecting.add(slot);
        connector.connect(timeoutMillis, slot);
    }

    @Override
    public void cancel(ConnectionWaiter waiter) {
        for (Slot slot : connecting) {
            if (waiter.equals(slot.waiter)) {
                slot.waiter = null;
                return;
            }
        }
        waiting.removeIf(entry -> entry.waiter.equals(waiter));
    }

    @Override
    void retire() {
        retired = true;
        idleTimeout.cancel();
        while (!idle.isEmpty()) {
            closeOldest();
        }
    }

    @Override
    int connections() {
        return connections;
    }

    private void connectionGone() {
        connections--;
        Waiting next = waiting.pollFirst();
        if (next != null) {
            connect(next.waiter, next.connectTimeoutMillis);
        }
    }

    private record Waiting(ConnectionWaiter waiter, int connectTimeoutMillis) {}

    /** A connection's place in the pool, from the attempt to open it to its end. */
    private final class Slot implements Connector.Outcome {

        private @Nullable ConnectionWaiter waiter;
        private @Nullable ClientConnection connection;
        private boolean idle;
        private long idleSince;

        Slot(ConnectionWaiter waiter) {
            this.waiter = waiter;
        }

        ClientConnection connection() {
            ClientConnection current = connection;
            if (current == null) {
                throw new IllegalStateException("not connected yet");
            }
            return current;
        }

        @Override
        public void connected(ClientConnection made) {
            connection = made;
            connecting.remove(this);
            connectSucceeded();
            ConnectionWaiter first = waiter;
            waiter = null;
            if (first == null) {
                free();
            } else {
                give(first);
            }
        }

        @Override
        public void failed(ConnectFailure failure) {
            connecting.remove(this);
            connectFailed();
            ConnectionWaiter first = waiter;
            waiter = null;
            connectionGone();
            if (first != null) {
                first.onConnectFailed(failure);
            }
        }

        void give(ConnectionWaiter next) {
            next.onConnection(connection());
            if (connection().activeStreams() == 0 && connection().availableStreams() > 0 && !idle) {
                free();
            }
        }

        @Override
        public void onAvailable(ClientConnection available) {
            if (!idle && connection != null) {
                free();
            }
        }

        private void free() {
            Waiting next = waiting.pollFirst();
            if (next != null) {
                give(next.waiter);
            } else if (retired) {
                close();
            } else {
                keep();
            }
        }

        private void keep() {
            idle = true;
            idleSince = System.nanoTime();
            Http1Pool.this.idle.addLast(this);
            if (Http1Pool.this.idle.size() > settings.idleConnectionsMax()) {
                closeOldest();
            } else if (!idleTimeout.isScheduled()) {
                timeouts.schedule(idleTimeout, settings.idleTimeout().toMillis());
            }
        }

        void close() {
            connection().close();
        }

        @Override
        public void onClosed(ClientConnection closed) {
            metrics.upstreamClosed();
            if (idle) {
                idle = false;
                Http1Pool.this.idle.remove(this);
            }
            connectionGone();
        }
    }

    /** Closes connections that nobody used for the time they are kept. */
    private final class IdleTimeout extends Timeout {
        @Override
        protected void expired() {
            long now = System.nanoTime();
            Slot oldest = idle.peekFirst();
            while (oldest != null && now - oldest.idleSince >= idleTimeoutNanos) {
                closeOldest();
                oldest = idle.peekFirst();
            }
            if (oldest != null) {
                long left = idleTimeoutNanos - (now - oldest.idleSince);
                timeouts.schedule(this, TimeUnit.NANOSECONDS.toMillis(left) + 1);
            }
        }
    }
}
