package dev.penstock.proxy.listener;

import dev.penstock.proxy.address.CidrSet;
import dev.penstock.proxy.loop.ProxyLoop;
import dev.penstock.proxy.observe.ProxyMetrics;
import dev.penstock.proxy.stream.RequestHandler;
import dev.penstock.proxy.stream.ServerLimits;
import dev.penstock.proxy.transport.LinuxOption;
import dev.penstock.proxy.transport.Transport;
import dev.penstock.proxy.transport.TransportKind;
import dev.penstock.tls.context.ServerCertificates;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All listeners of a proxy and the connections they accepted. Where the system lets several sockets
 * listen at one port, each event loop accepts for itself; elsewhere the first one accepts for all
 * that share its listener.
 */
public final class Listeners {

    private final Transport transport;
    private final ConnectionLimits limits;
    private final ServerCertificates certificates;
    private final CidrSet trustedProxies;
    private final boolean proxyProtocol;
    private final ProxyMetrics metrics;
    private final List<LoopConnections> loops = new ArrayList<>();
    private final List<Channel> sockets = new ArrayList<>();
    private final AtomicInteger count = new AtomicInteger();

    /**
     * @param handlers gives the request handler of each event loop
     * @param trustedProxies who may send a PROXY protocol header and forwarded headers
     * @param proxyProtocol whether they must send the former
     */
    public Listeners(
            Transport transport,
            ConnectionLimits limits,
            ServerLimits serverLimits,
            ServerCertificates certificates,
            CidrSet trustedProxies,
            boolean proxyProtocol,
            ProxyMetrics metrics,
            Function<ProxyLoop, RequestHandler> handlers) {
        this.transport = transport;
        this.limits = limits;
        this.certificates = certificates;
        this.trustedProxies = trustedProxies;
        this.proxyProtocol = proxyProtocol;
        this.metrics = metrics;
        for (ProxyLoop loop : transport.loops()) {
            loops.add(
                    new LoopConnections(
                            loop, handlers.apply(loop), serverLimits, metrics.loop(loop.index())));
        }
    }

    /**
     * Listens at an address.
     *
     * @throws BindException if it cannot be used
     */
    public BoundListener bind(ListenerSettings listener) throws BindException {
        ChannelOption<Boolean> reusePort = transport.reusePortOption();
        EventLoop first = transport.loops().getFirst().eventLoop();
        if (reusePort == null) {
            Channel socket =
                    bind(listener, listener.address(), null, first, transport.eventLoopGroup());
            return bound(listener, socket);
        }
        // Without the option first: with it, another process of this user that listens at the same
        // port would not be noticed, and the two would share its connections.
        if (listener.address().getPort() != 0) {
            requireFree(listener);
        }
        Channel socket = bind(listener, listener.address(), reusePort, first, first);
        InetSocketAddress address = (InetSocketAddress) socket.localAddress();
        for (ProxyLoop loop : transport.loops().subList(1, loops.size())) {
            bind(listener, address, reusePort, loop.eventLoop(), loop.eventLoop());
        }
        return bound(listener, socket);
    }

    /** Does not listen itself: a client that came in that moment would be reset. */
    private static void requireFree(ListenerSettings listener) throws BindException {
        InetSocketAddress address = listener.address();
        ProtocolFamily family =
                address.getAddress() instanceof Inet4Address
                        ? StandardProtocolFamily.INET
                        : StandardProtocolFamily.INET6;
        try (SocketChannel probe = SocketChannel.open(family)) {
            probe.setOption(StandardSocketOptions.SO_REUSEADDR, true).bind(address);
        } catch (IOException e) {
            throw BindException.of(listener, e);
        }
    }

    private static BoundListener bound(ListenerSettings listener, Channel socket) {
        return new BoundListener(
                listener.name(), (InetSocketAddress) socket.localAddress(), listener.tls());
    }

    private Channel bind(
            ListenerSettings listener,
            InetSocketAddress address,
            @Nullable ChannelOption<Boolean> reusePort,
            EventLoop acceptor,
            EventLoopGroup children)
            throws BindException {
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(acceptor, children)
                        .channel(transport.serverChannelType())
                        .option(ChannelOption.SO_BACKLOG, limits.backlog())
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.ALLOCATOR, transport.allocator())
                        .childHandler(
                                new ConnectionSetup(
                                        listener,
                                        limits,
                                        loops,
                                        certificates,
                                        trustedProxies,
                                        proxyProtocol,
                                        count,
                                        metrics.listener(listener.name())));
        // TCP_NODELAY is what all kinds of channels begin with.
        if (transport.kind() == TransportKind.NIO) {
            bootstrap.childOption(ChannelOption.SO_KEEPALIVE, true);
        } else {
            bootstrap.option(LinuxOption.SO_KEEPALIVE, 1);
        }
        if (reusePort != null) {
            bootstrap.option(reusePort, true);
        }
        ChannelFuture binding = bootstrap.bind(address).awaitUninterruptibly();
        if (!binding.isSuccess()) {
            throw BindException.of(listener, binding.cause());
        }
        sockets.add(binding.channel());
        return binding.channel();
    }

    /** How many client connections are open. */
    public int connections() {
        return count.get();
    }

    /**
     * Refuses new connections from now on, where the system can; those that were made before are
     * accepted until {@link #stopAccepting()}.
     *
     * @return whether the system can
     */
    public boolean refuseNew() {
        boolean refused = transport.reusePortOption() != null;
        for (Channel socket : sockets) {
            refused = refused && SynFilter.attach(socket);
        }
        return refused;
    }

    /** Accepts no more connections. */
    public CompletableFuture<Void> stopAccepting() {
        List<CompletableFuture<Void>> closed = new ArrayList<>();
        for (Channel socket : sockets) {
            CompletableFuture<Void> one = new CompletableFuture<>();
            socket.close().addListener(_ -> one.complete(null));
            closed.add(one);
        }
        return CompletableFuture.allOf(closed.toArray(new CompletableFuture<?>[0]));
    }

    /** Lets no new request begin on the connections that are open. */
    public void drain() {
        for (LoopConnections loop : loops) {
            loop.loop().eventLoop().execute(loop::drain);
        }
    }

    /** Closes the connections that are open, whatever goes on there. */
    public void closeAll() {
        for (LoopConnections loop : loops) {
            loop.loop().eventLoop().execute(loop::closeAll);
        }
    }
}
