package dev.penstock.proxy.upstream;

import dev.penstock.tls.context.ClientTls;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;

/**
 * How connections to the endpoints of one cluster are encrypted.
 *
 * @param serverName the name that is sent and, where the route asks for it, verified
 */
record UpstreamTls(ClientTls tls, SslContext context, String serverName) {

    SslHandler newHandler(Channel channel, int port, int timeoutMillis) {
        return tls.newHandler(
                context, channel.alloc(), serverName, port, Duration.ofMillis(timeoutMillis));
    }
}
