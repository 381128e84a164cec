package dev.penstock.proxy.listener;

import dev.penstock.proxy.loop.ProxyLoop;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.RequestHandler;
import dev.penstock.proxy.stream.ServerConnection;
import dev.penstock.proxy.stream.ServerLimits;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The client connections of one event loop, which owns it. */
final class LoopConnections {

    private final ProxyLoop loop;
    private final RequestHandler handler;
    private final ServerLimits limits;
    // The value is null until the codec is chosen.
    private final Map<Channel, @Nullable ServerConnection> open = new HashMap<>();

    LoopConnections(ProxyLoop loop, RequestHandler handler, ServerLimits limits) {
        this.loop = loop;
        this.handler = handler;
        this.limits = limits;
    }

    ProxyLoop loop() {
        return loop;
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
     * Lets no new request begin on any connection. One whose codec is not chosen yet may still have
     * its first request.
     */
    void drain() {
        for (ServerConnection connection : new ArrayList<>(open.values())) {
            if (connection != null) {
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
