package dev.penstock.l4.userspace;

import dev.penstock.model.address.IpFamily;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.TimeUnit;

/**
 * The event loops that copy, and the kind of sockets they serve: epoll's, else those of the JDK.
 */
final class SocketLoops implements AutoCloseable {

    private static final long CLOSE_SECONDS = 10;

    private final boolean epoll;
    private final MultiThreadIoEventLoopGroup group;
    private final Descriptors descriptors;

    /** As many loops and descriptors as settings say. */
    static SocketLoops of(UserspaceSettings settings) {
        return new SocketLoops(settings.eventLoops(), Descriptors.of(settings.descriptorsMax()));
    }

    SocketLoops(int loops, Descriptors descriptors) {
        this.descriptors = descriptors;
        this.epoll = Epoll.isAvailable();
        this.group =
                new MultiThreadIoEventLoopGroup(
                        loops,
                        new DefaultThreadFactory("penstock-userspace", true),
                        epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    EventLoop next() {
        return group.next();
    }

    boolean isEpoll() {
        return epoll;
    }

    /** What sockets may take. */
    Descriptors descriptors() {
        return descriptors;
    }

    ChannelFactory<ServerChannel> listeners(IpFamily family) {
        SocketProtocolFamily protocol = protocol(family);
        return epoll
                ? () -> new EpollServerSocketChannel(protocol)
                : () -> new NioServerSocketChannel(SelectorProvider.provider(), protocol);
    }

    ChannelFactory<SocketChannel> connections(IpFamily family) {
        SocketProtocolFamily protocol = protocol(family);
        return epoll
                ? () -> new EpollSocketChannel(protocol)
                : () -> new NioSocketChannel(SelectorProvider.provider(), protocol);
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
        boolean _ =
                group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
                        .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
}
