package dev.penstock.proxy.h1;

import dev.penstock.proxy.loop.TimeoutWheel;
import dev.penstock.proxy.stream.RequestHandler;
import dev.penstock.proxy.stream.ServerLimits;
import dev.penstock.proxy.transport.KeepingEpollHandler;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Both sides of the codec on sockets, with one event loop. */
final class Sockets implements AutoCloseable {

    static final int TIMEOUT_MILLIS = 10_000;

    /** What moves the bytes; the native ones are not everywhere. */
    enum Transport {
        NIO,
        EPOLL,
        IO_URING;

        boolean isAvailable() {
            return switch (this) {
                case NIO -> true;
                case EPOLL -> Epoll.isAvailable();
                case IO_URING -> IoUring.isAvailable();
            };
        }

        private IoHandlerFactory factory() {
            return switch (this) {
                case NIO -> NioIoHandler.newFactory();
                case EPOLL -> KeepingEpollHandler.newFactory();
                case IO_URING -> IoUringIoHandler.newFactory();
            };
        }

        private Class<? extends ServerChannel> serverChannel() {
            return switch (this) {
                case NIO -> NioServerSocketChannel.class;
                case EPOLL -> EpollServerSocketChannel.class;
                case IO_URING -> IoUringServerSocketChannel.class;
            };
        }

        private Class<? extends Channel> channel() {
            return switch (this) {
                case NIO -> NioSocketChannel.class;
                case EPOLL -> EpollSocketChannel.class;
                case IO_URING -> IoUringSocketChannel.class;
            };
        }
    }

    private final Transport transport;
    private final EventLoopGroup group;

    Sockets(Transport transport) {
        this.transport = transport;
        this.group = new MultiThreadIoEventLoopGroup(1, transport.factory());
    }

    EventLoop loop() {
        return group.next();
    }

    /** Runs on the event loop. */
    <T> T call(Callable<T> call) throws Exception {
        return loop().submit(call).get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    }

    int serve(RequestHandler handler, ServerLimits limits) throws Exception {
        TimeoutWheel wheel = call(() -> new TimeoutWheel(loop()));
        Channel channel =
                new ServerBootstrap()
                        .group(group)
                        .channel(transport.serverChannel())
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel child) {
                                        child.pipeline()
                                                .addLast(
                                                        new H1ServerConnection(
                                                                limits, Wire.INFO, handler, wheel));
                                    }
                                })
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    H1ClientConnection connect(int port, Wire.Pool pool) throws Exception {
        H1ClientConnection connection = new H1ClientConnection(pool);
        new Bootstrap()
                .group(group)
                .channel(transport.channel())
                .handler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline().addLast(connection);
                            }
                        })
                .connect(InetAddress.getLoopbackAddress(), port)
                .sync();
        return connection;
    }

    static Socket dial(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(Messages.bytes(text));
        socket.getOutputStream().flush();
    }

    /** What arrives up to the end of the connection. */
    static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    static String read(Socket socket, int length) throws IOException {
        return new String(socket.getInputStream().readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
}
