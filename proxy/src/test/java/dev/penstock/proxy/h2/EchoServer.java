package dev.penstock.proxy.h2;

import dev.penstock.proxy.loop.TimeoutWheel;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.RequestHandler;
import dev.penstock.proxy.stream.ServerLimits;
import dev.penstock.tls.context.ServerCertificates;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server on loopback that speaks nothing but HTTP/2. */
final class EchoServer implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel listener;

    EchoServer(RequestHandler handler, @Nullable ServerCertificates tls, int port) {
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

    private void init(Channel channel, RequestHandler handler, @Nullable ServerCertificates tls) {
        if (tls != null) {
            channel.pipeline().addLast(tls.newHandler());
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
        if (tls == null) {
            channel.pipeline().addLast(connection);
        } else {
            channel.pipeline().addLast(new AfterHandshake(connection));
        }
    }

    int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Gives its place to the connection when TLS is up, as a listener does. */
    private static final class AfterHandshake extends ChannelInboundHandlerAdapter {

        private final H2ServerConnection connection;

        AfterHandshake(H2ServerConnection connection) {
            this.connection = connection;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (SslHandshakeCompletionEvent.SUCCESS.equals(event)) {
                ctx.pipeline().replace(this, null, connection);
            }
        }
    }
}
