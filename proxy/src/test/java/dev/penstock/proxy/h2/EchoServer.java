package dev.penstock.proxy.h2;

import dev.penstock.proxy.loop.TimeoutWheel;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.RequestHandler;
import dev.penstock.proxy.stream.ServerLimits;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A server on loopback that speaks nothing but HTTP/2. */
final class EchoServer implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel listener;
    final CopyOnWriteArrayList<H2ServerConnection> connections = new CopyOnWriteArrayList<>();

    EchoServer(RequestHandler handler, @Nullable SslContext tls, int port) {
        listener =
                new ServerBootstrap()
                        .group(loops)
                        .channel(NioServerSocketChannel.class)
                        .childHandler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        init(channel, handler, tls);
                                    }
                                })
                        .bind(InetAddress.getLoopbackAddress(), port)
                        .syncUninterruptibly()
                        .channel();
    }

    private void init(Channel channel, RequestHandler handler, @Nullable SslContext tls) {
        if (tls != null) {
            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
        }
        InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
        ConnectionInfo info =
                new ConnectionInfo(
                        peer,
                        (InetSocketAddress) channel.localAddress(),
                        peer,
                        tls != null,
                        null,
                        false);
        H2ServerConnection connection =
                new H2ServerConnection(
                        ServerLimits.DEFAULT, info, handler, new TimeoutWheel(channel.eventLoop()));
        connections.add(connection);
        channel.pipeline().addLast(connection);
    }

    int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        loops.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Serves until it is killed, to try a tool by hand. */
    public static void main(String[] args) throws InterruptedException {
        EchoServer server = new EchoServer(new EchoHandler(), null, Integer.parseInt(args[0]));
        System.out.println("listening on " + server.port());
        server.listener.closeFuture().await();
    }
}
