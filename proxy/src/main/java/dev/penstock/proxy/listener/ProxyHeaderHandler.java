package dev.penstock.proxy.listener;

import dev.penstock.proxy.address.CidrSet;
import dev.penstock.proxy.loop.Timeout;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over the addresses of a PROXY protocol header, version 1 or 2, and makes way for what comes
 * next. A trusted peer must send one.
 */
final class ProxyHeaderHandler extends ChannelInboundHandlerAdapter {

    private static final Logger log = LoggerFactory.getLogger(ProxyHeaderHandler.class);

    private final Connecting connecting;
    private final Duration time;
    private final CidrSet trustedProxies;
    private final BiConsumer<ChannelPipeline, Connecting> next;
    private @Nullable Timeout timeout;

    ProxyHeaderHandler(
            Connecting connecting,
            Duration time,
            CidrSet trustedProxies,
            BiConsumer<ChannelPipeline, Connecting> next) {
        this.connecting = connecting;
        this.time = time;
        this.trustedProxies = trustedProxies;
        this.next = next;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        Timeout missing =
                new Timeout() {
                    @Override
                    protected void expired() {
                        refuse(context);
                    }
                };
        timeout = missing;
        connecting.timeouts().schedule(missing, time.toMillis());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof HAProxyMessage header)) {
            context.fireChannelRead(message);
            return;
        }
        try {
            takeOver(header);
        } finally {
            header.release();
        }
        next.accept(context.pipeline(), connecting);
        context.pipeline().remove(this);
    }

    private void takeOver(HAProxyMessage header) {
        String source = header.sourceAddress();
        String destination = header.destinationAddress();
        if (header.command() == HAProxyCommand.LOCAL || source == null || destination == null) {
            // The peer speaks for itself, or does not know for whom (sections 2.1 and 2.2).
            return;
        }
        switch (header.proxiedProtocol().addressFamily()) {
            case AF_IPv4, AF_IPv6 -> {
                InetAddress client = InetAddress.ofLiteral(source);
                connecting.forwardedFor(
                        new InetSocketAddress(client, header.sourcePort()),
                        new InetSocketAddress(
                                InetAddress.ofLiteral(destination), header.destinationPort()),
                        trustedProxies.contains(client));
            }
            case AF_UNIX, AF_UNSPEC -> {
                // No address that means anything here.
            }
        }
    }

    private void refuse(ChannelHandlerContext context) {
        connecting.refused("proxy_header");
        context.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        log.debug("{}: no valid PROXY protocol header", context.channel(), cause);
        refuse(context);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        Timeout missing = timeout;
        if (missing != null) {
            missing.cancel();
        }
    }
}
