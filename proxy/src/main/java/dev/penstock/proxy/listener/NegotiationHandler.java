package dev.penstock.proxy.listener;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for the TLS handshake and makes way for the codec that was negotiated (RFC 7301). */
final class NegotiationHandler extends ChannelInboundHandlerAdapter {

    private static final Logger log = LoggerFactory.getLogger(NegotiationHandler.class);

    private final Connecting connecting;

    NegotiationHandler(Connecting connecting) {
        this.connecting = connecting;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        switch (event) {
            case SniCompletionEvent sni -> connecting.serverName(sni.hostname());
            case SslHandshakeCompletionEvent handshake -> {
                connecting.handshakeEnded(handshake.isSuccess());
                if (handshake.isSuccess()) {
                    negotiated(context);
                } else {
                    log.debug("{}: TLS handshake failed", context.channel(), handshake.cause());
                    context.close();
                }
            }
            default -> {
                // Nothing that concerns the choice.
            }
        }
        context.fireUserEventTriggered(event);
    }

    private void negotiated(ChannelHandlerContext context) {
        SslHandler tls = context.pipeline().get(SslHandler.class);
        if (ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol())) {
            connecting.useHttp2(context.pipeline());
        } else {
            connecting.useHttp1(context.pipeline());
        }
        context.pipeline().remove(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        log.debug("{}: closed during the TLS handshake", context.channel(), cause);
        context.close();
    }
}
