package dev.penstock.proxy.transport;

import dev.penstock.proxy.loop.ProxyLoop;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The event loops of a running proxy and the kinds of channels they serve. */
public final class Transport {

    private static final Logger log = LoggerFactory.getLogger(Transport.class);

    private final TransportKind kind;
    private final MultiThreadIoEventLoopGroup group;
    private final List<ProxyLoop> loops;
    private final ByteBufAllocator allocator;

    private Transport(
            TransportKind kind, MultiThreadIoEventLoopGroup group, ByteBufAllocator allocator) {
        this.kind = kind;
        this.group = group;
        this.allocator = allocator;
        List<ProxyLoop> list = new ArrayList<>();
        for (EventExecutor executor : group) {
            list.add(new ProxyLoop(list.size(), (IoEventLoop) executor));
        }
        this.loops = List.copyOf(list);
    }

    /**
     * Starts event loops.
     *
     * @param wanted the kind to use; null for the best that works here
     * @param eventLoops how many; 0 for one a processor
     * @throws TransportUnavailableException if the wanted kind does not work here
     */
    public static Transport open(
            @Nullable TransportKind wanted, int eventLoops, ByteBufAllocator allocator)
            throws TransportUnavailableException {
        TransportKind kind = wanted == null ? best() : wanted;
        Throwable cause = unavailability(kind);
        if (cause != null) {
            throw new TransportUnavailableException(kind, cause);
        }
        int count = eventLoops == 0 ? Runtime.getRuntime().availableProcessors() : eventLoops;
        MultiThreadIoEventLoopGroup group =
                new MultiThreadIoEventLoopGroup(
                        count, new DefaultThreadFactory("penstock-loop", true), handlers(kind));
        return new Transport(kind, group, allocator);
    }

    private static TransportKind best() {
        for (TransportKind kind : TransportKind.values()) {
            Throwable cause = unavailability(kind);
            if (cause == null) {
                return kind;
            }
            log.debug("transport {} is not available here: {}", kind.text(), cause.toString());
        }
        throw new IllegalStateException("no transport (expected: NIO at least)");
    }

    private static @Nullable Throwable unavailability(TransportKind kind) {
        return switch (kind) {
            case IO_URING -> IoUring.unavailabilityCause();
            case EPOLL -> Epoll.unavailabilityCause();
            case NIO -> null;
        };
    }

    private static IoHandlerFactory handlers(TransportKind kind) {
        return switch (kind) {
            case IO_URING ->
                    IoUringIoHandler.newFactory(new IoUringIoHandlerConfig().setSingleIssuer(true));
            case EPOLL -> KeepingEpollHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
        };
    }

    public TransportKind kind() {
        return kind;
    }

    /** The loops, in the order of their indexes. */
    public List<ProxyLoop> loops() {
        return loops;
    }

    /** All loops, for what does not care on which it runs. */
    public EventLoopGroup eventLoopGroup() {
        return group;
    }

    public ByteBufAllocator allocator() {
        return allocator;
    }

    public Class<? extends ServerChannel> serverChannelType() {
        return switch (kind) {
            case IO_URING -> IoUringServerSocketChannel.class;
            case EPOLL -> EpollServerSocketChannel.class;
            case NIO -> NioServerSocketChannel.class;
        };
    }

    public Class<? extends Channel> channelType() {
        return switch (kind) {
            case IO_URING -> IoUringSocketChannel.class;
            case EPOLL -> EpollSocketChannel.class;
            case NIO -> NioSocketChannel.class;
        };
    }

    /**
     * The option that lets each loop have a listening socket of its own on one port, or null where
     * the transport has none.
     */
    public @Nullable ChannelOption<Boolean> reusePortOption() {
        return kind == TransportKind.NIO ? null : UnixChannelOption.SO_REUSEPORT;
    }

    /** Ends the loops and everything that is registered with them. */
    public CompletableFuture<Void> close() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        // The quiet time lets closes that io_uring has in flight come to their end.
        group.shutdownGracefully(100, 5_000, TimeUnit.MILLISECONDS)
                .addListener(ignored -> closed.complete(null));
        return closed;
    }
}
