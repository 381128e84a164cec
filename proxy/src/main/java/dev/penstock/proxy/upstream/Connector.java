package dev.penstock.proxy.upstream;

import dev.penstock.proxy.stream.ClientConnection;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections to one endpoint on one event loop. */
final class Connector {

    private static final Logger log = LoggerFactory.getLogger(Connector.class);

    private final Bootstrap bootstrap;
    private final ClientCodec codec;
    private final @Nullable UpstreamTls tls;
    private final boolean http2;
    private final int port;

    /**
     * @param bootstrap with group, channel type and allocator; not changed
     * @param tls how to encrypt; null for clear text
     */
    Connector(
            Bootstrap bootstrap,
            InetSocketAddress address,
            ClientCodec codec,
            boolean http2,
            @Nullable UpstreamTls tls) {
        this.bootstrap =
                bootstrap
                        .clone()
                        .remoteAddress(address)
                        .handler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        // The codec is added once the connection is up.
                                    }
                                });
        this.port = address.getPort();
        this.codec = codec;
        this.http2 = http2;
        this.tls = tls;
    }

    /** Opens a connection. The outcome is told later or during the call. */
    void connect(int timeoutMillis, Outcome outcome) {
        ChannelFuture connected =
                bootstrap
                        .clone()
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis)
                        .connect();
        connected.addListener(future -> {
            if (!future.isSuccess()) {
                outcome.failed(failure(future.cause()));
            } else if (tls == null) {
                established(connected.channel(), outcome);
            } else {
                encrypt(connected.channel(), tls, timeoutMillis, outcome);
            }
        });
    }

    private void encrypt(
            Channel channel, UpstreamTls upstreamTls, int timeoutMillis, Outcome outcome) {
        SslHandler handler = upstreamTls.newHandler(channel, port, timeoutMillis);
        FailureHandler failures = new FailureHandler();
        channel.pipeline().addLast(handler, failures);
        handler.handshakeFuture()
                .addListener((Future<Channel> future) -> {
                    if (future.isSuccess()) {
                        channel.pipeline().remove(failures);
                    }
                    handshaken(handler, future, outcome);
                });
    }

    private void handshaken(SslHandler handler, Future<Channel> future, Outcome outcome) {
        if (!future.isSuccess()) {
            outcome.failed(
                    future.cause() instanceof SslHandshakeTimeoutException
                            ? ConnectFailure.TIMEOUT
                            : ConnectFailure.TLS);
            return;
        }
        Channel channel = future.getNow();
        if (http2 && !ApplicationProtocolNames.HTTP_2.equals(handler.applicationProtocol())) {
            channel.close();
            outcome.failed(ConnectFailure.PROTOCOL);
            return;
        }
        established(channel, outcome);
    }

    private void established(Channel channel, Outcome outcome) {
        outcome.connected(codec.install(channel, outcome));
    }

    private static ConnectFailure failure(Throwable cause) {
        return cause instanceof ConnectTimeoutException
                ? ConnectFailure.TIMEOUT
                : ConnectFailure.REFUSED;
    }

    /** Until there is a codec: what goes wrong is told by the handshake's future. */
    private static final class FailureHandler extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            log.debug("{}: closed during the TLS handshake", context.channel(), cause);
            context.close();
        }
    }

    /** Learns how an attempt to connect ended, and what becomes of the connection. */
    interface Outcome extends ClientConnection.Listener {

        void connected(ClientConnection connection);

        void failed(ConnectFailure failure);
    }
}
