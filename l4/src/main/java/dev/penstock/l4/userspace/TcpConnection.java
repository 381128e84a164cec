package dev.penstock.l4.userspace;

import dev.penstock.l4.LiveEndpoint;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of a client. Tries destinations until one answers, as kube-proxy's userspace mode
 * did: four tries that wait 250 ms, 500 ms, 1 s and 2 s. The client's socket is not even registered
 * with the event loop before, so that nothing is read from it. Owned by one event loop.
 */
final class TcpConnection {

    private static final Logger log = LoggerFactory.getLogger(TcpConnection.class);
    private static final RareLog RARE = new RareLog();

    /** How many file descriptors a connection takes: the client's socket and the destination's. */
    static final int DESCRIPTORS = 2;

    /** How long each try waits. */
    private static final int[] TRY_MILLIS = {250, 500, 1_000, 2_000};

    private final SocketChannel client;
    private final DestinationChoice choice;
    private final SocketLoops loops;
    private final EventLoop loop;
    private final List<LiveEndpoint> tried = new ArrayList<>(TRY_MILLIS.length);
    private int tries;

    TcpConnection(SocketChannel client, DestinationChoice choice, SocketLoops loops) {
        this.client = client;
        this.choice = choice;
        this.loops = loops;
        this.loop = loops.nextForConnections();
    }

    /** Begins on the connection's own event loop. */
    void begin() {
        loop.execute(this::tryNext);
    }

    private void tryNext() {
        InetSocketAddress source = client.remoteAddress();
        if (source == null || tries == TRY_MILLIS.length) {
            giveUp();
            return;
        }
        LiveEndpoint endpoint = choice.begin(source, tried);
        if (endpoint == null) {
            giveUp();
            return;
        }
        new Bootstrap()
                .group(loop)
                .channelFactory(
                        loops.connections(ProxySocket.family(endpoint.address().getAddress())))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, TRY_MILLIS[tries++])
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(endpoint.address())
                .addListener(connected -> tried(endpoint, (ChannelFuture) connected));
    }

    private void tried(LiveEndpoint endpoint, ChannelFuture connected) {
        if (connected.isSuccess()) {
            Channel server = connected.channel();
            server.closeFuture().addListener(_ -> choice.ended(endpoint));
            join((SocketChannel) server);
            return;
        }
        choice.ended(endpoint);
        tried.add(endpoint);
        if (loop.isShuttingDown()) {
            giveUp();
        } else {
            tryNext();
        }
    }

    private void giveUp() {
        if (tries > 0 && RARE.isDue()) {
            log.warn("no destination answers in {} tries, the last {}", tries, tried);
        }
        reset(client);
        loops.descriptors().giveBack(DESCRIPTORS);
    }

    /** A destination has answered: only now the client's socket is read from. */
    private void join(SocketChannel server) {
        client.closeFuture().addListener(_ -> loops.descriptors().giveBack(DESCRIPTORS));
        client.config().setAutoRead(false).setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        setKeptAlive(client);
        TcpCopy.join(client, server);
        loop.register(client)
                .addListener(registered -> {
                    if (registered.isSuccess()) {
                        client.config().setAutoRead(true);
                        server.config().setAutoRead(true);
                    } else {
                        TcpCopy.abort(server); // the client was closed by the attempt
                    }
                });
    }

    private static void setKeptAlive(SocketChannel channel) {
        boolean _ = channel.config().setOption(ChannelOption.TCP_NODELAY, true);
        boolean _ = channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
    }

    /** Closes a connection that is not registered yet, so that the client sees a reset. */
    static void reset(SocketChannel unregistered) {
        TcpCopy.lingerNot(unregistered);
        unregistered.unsafe().closeForcibly();
    }
}
