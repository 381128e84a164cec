package dev.penstock.proxy.listener;

import dev.penstock.proxy.loop.ProxyLoop;
import dev.penstock.proxy.observe.LoopMetrics;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.RequestHandler;
import dev.penstock.proxy.stream.ServerConnection;
import dev.penstock.proxy.stream.ServerLimits;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The client connections of one event loop, which owns it. */
final class LoopConnections {

    /** How long a drained connection may take until its codec is known. */
    private static final long FIRST_BYTES_MILLIS = 500;

    private final ProxyLoop loop;
    private final RequestHandler handler;
    private final ServerLimits limits;
    private final LoopMetrics metrics;
    // The value is null until the codec is chosen.
    private final Map<Channel, @Nullable ServerConnection> open = new HashMap<>();

    LoopConnections(
            ProxyLoop loop, RequestHandler handler, ServerLimits limits, LoopMetrics metrics) {
        this.metrics = metrics;
        this.loop = loop;
        this.handler = handler;
        this.limits = limits;
    }

    ProxyLoop loop() {
        return loop;
    }

    LoopMetrics metrics() {
        return metrics;
    }

    ServerLimits limits() {
        return limits;
    }

    RequestHandler handler() {
        return handler;
    }

    /** A connection begins. It is forgotten when it is closed. */
    void opened(Channel channel, Runnable whenClosed) {
        open.put(channel, null);
        channel.closeFuture()
                .addListener(_ -> {
                    open.remove(channel);
                    whenClosed.run();
                });
    }

    /** A connection's codec is chosen. */
    void chosen(Channel channel, ServerConnection connection) {
        if (open.containsKey(channel)) {
            open.put(channel, connection);
        }
    }

    void refused(ConnectionInfo connection, String reason) {
        handler.onRefused(connection, 0, reason);
    }

    /**
     * Lets no new request begin on any connection. One that has just begun has a first request on
     * its way and may have it answered.
     */
    void drain() {
        List<Channel> silent = new ArrayList<>();
        for (Map.Entry<Channel, @Nullable ServerConnection> entry : List.copyOf(open.entrySet())) {
            ServerConnection connection = entry.getValue();
            if (connection == null) {
                silent.add(entry.getKey());
            } else {
                connection.drain();
            }
        }
        if (!silent.isEmpty()) {
            loop.eventLoop()
                    .schedule(() -> closeSilent(silent), FIRST_BYTES_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void closeSilent(List<Channel> silent) {
        for (Channel channel : silent) {
            ServerConnection connection = open.get(channel);
            if (connection == null) {
                channel.close();
            } else {
                connection.drain();
            }
        }
    }

    /** Closes whatever is still open. */
    void closeAll() {
        for (Channel channel : List.copyOf(open.keySet())) {
            channel.close();
        }
    }
}
