package dev.penstock.l4.userspace;

import dev.penstock.model.address.IpFamily;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.TimeUnit;

/**
 * The event loops that copy, and the kind of sockets they serve. TCP by the JDK's: Netty 4.2.18's
 * epoll loses a socket whose peer has ended its half once it neither reads nor waits to write, and
 * closes the connection where it should go on. UDP by epoll where there is one, else by the JDK's,
 * which does not say which address a datagram came to.
 */
final class SocketLoops implements AutoCloseable {

    private static final long CLOSE_MILLIS = 10_000;

    /**
     * Without such a time a loop that runs tasks as it is told to end may end without closing its
     * connections, whose clients then see no end (Netty 4.2.18).
     */
    private static final long QUIET_MILLIS = 50;

    private final boolean epoll;
    private final MultiThreadIoEventLoopGroup connections;
    private final MultiThreadIoEventLoopGroup datagrams;
    private final Descriptors descriptors;

    /** As many loops and descriptors as settings say. */
    static SocketLoops of(UserspaceSettings settings) {
        return new SocketLoops(settings.eventLoops(), Descriptors.of(settings.descriptorsMax()));
    }

    SocketLoops(int loops, Descriptors descriptors) {
        this.descriptors = descriptors;
        this.epoll = Epoll.isAvailable();
        this.connections = group("tcp", loops, NioIoHandler.newFactory());
        this.datagrams =
                group(
                        "udp",
                        loops,
                        epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    private static MultiThreadIoEventLoopGroup group(
            String name, int loops, IoHandlerFactory handlers) {
        return new MultiThreadIoEventLoopGroup(
                loops, new DefaultThreadFactory("penstock-userspace-" + name, true), handlers);
    }

    /** A loop for TCP. */
    EventLoop nextForConnections() {
        return connections.next();
    }

    /** A loop for UDP. */
    EventLoop nextForDatagrams() {
        return datagrams.next();
    }

    /** Whether UDP is by epoll. */
    boolean isEpoll() {
        return epoll;
    }

    /** What sockets may take. */
    Descriptors descriptors() {
        return descriptors;
    }

    ChannelFactory<ServerChannel> listeners(IpFamily family) {
        SocketProtocolFamily protocol = protocol(family);
        return () -> new NioServerSocketChannel(SelectorProvider.provider(), protocol);
    }

    ChannelFactory<SocketChannel> connections(IpFamily family) {
        SocketProtocolFamily protocol = protocol(family);
        return () -> new NioSocketChannel(SelectorProvider.provider(), protocol);
    }

    ChannelFactory<DatagramChannel> datagrams(IpFamily family) {
        SocketProtocolFamily protocol = protocol(family);
        return epoll
                ? () -> new EpollDatagramChannel(protocol)
                : () -> new NioDatagramChannel(protocol);
    }

    private static SocketProtocolFamily protocol(IpFamily family) {
        return switch (family) {
            case IPV4 -> SocketProtocolFamily.INET;
            case IPV6 -> SocketProtocolFamily.INET6;
        };
    }

    /** Ends every connection and the threads. */
    @Override
    public void close() {
        Future<?> one =
                connections.shutdownGracefully(QUIET_MILLIS, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        Future<?> other =
                datagrams.shutdownGracefully(QUIET_MILLIS, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        boolean _ = one.awaitUninterruptibly(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        boolean _ = other.awaitUninterruptibly(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    }
}
