package dev.penstock.tls.context;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.Mapping;

/** Reads the server name and hands over to the handler of its context. */
final class ServerTlsHandler extends SniHandler {

    ServerTlsHandler(ServerCertificates certificates, ServerTlsSettings settings) {
        super(
                (Mapping<String, SslContext>) certificates::select,
                settings.clientHelloBytesMax(),
                settings.handshakeTimeout().toMillis());
    }

    @Override
    protected SslHandler newSslHandler(SslContext context, ByteBufAllocator allocator) {
        SslHandler handler = super.newSslHandler(context, allocator);
        handler.setHandshakeTimeoutMillis(handshakeTimeoutMillis);
        return handler;
    }
}
