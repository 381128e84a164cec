package dev.penstock.proxy.listener;

import dev.penstock.proxy.address.CidrSet;
import dev.penstock.proxy.observe.ListenerMetrics;
import dev.penstock.tls.context.ServerCertificates;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Gives an accepted connection its handlers. One for each listener, used on all its loops. */
@Sharable
final class ConnectionSetup extends ChannelInitializer<Channel> {

    private final ListenerSettings listener;
    private final ConnectionLimits limits;
    private final List<LoopConnections> loops;
    private final ServerCertificates certificates;
    private final CidrSet trustedProxies;
    private final boolean proxyProtocol;
    private final AtomicInteger count;
    private final ListenerMetrics metrics;

    ConnectionSetup(
            ListenerSettings listener,
            ConnectionLimits limits,
            List<LoopConnections> loops,
            ServerCertificates certificates,
            CidrSet trustedProxies,
            boolean proxyProtocol,
            AtomicInteger count,
            ListenerMetrics metrics) {
        this.metrics = metrics;
        this.listener = listener;
        this.limits = limits;
        this.loops = loops;
        this.certificates = certificates;
        this.trustedProxies = trustedProxies;
        this.proxyProtocol = proxyProtocol;
        this.count = count;
    }

    @Override
    protected void initChannel(Channel channel) {
        SocketAddress remote = channel.remoteAddress();
        SocketAddress local = channel.localAddress();
        if (!(remote instanceof InetSocketAddress peer)
                || !(local instanceof InetSocketAddress here)) {
            // It was closed before it could be asked.
            channel.close();
            return;
        }
        LoopConnections connections = connectionsOf(channel);
        boolean trusted = trustedProxies.contains(peer.getAddress());
        Connecting connecting = new Connecting(connections, peer, here, listener.tls(), trusted);
        if (count.incrementAndGet() > limits.connectionsMax()) {
            count.decrementAndGet();
            connecting.refused("too_many_connections");
            channel.close();
            return;
        }
        metrics.accepted(connections.metrics());
        connections.opened(
                channel,
                () -> {
                    count.decrementAndGet();
                    metrics.closed(connections.metrics());
                });
        ChannelPipeline pipeline = channel.pipeline();
        if (proxyProtocol && trusted) {
            pipeline.addLast(new HAProxyMessageDecoder(true));
            pipeline.addLast(
                    new ProxyHeaderHandler(
                            connecting,
                            limits.proxyHeaderTimeout(),
                            trustedProxies,
                            this::addProtocol));
        } else {
            addProtocol(pipeline, connecting);
        }
    }

    private LoopConnections connectionsOf(Channel channel) {
        for (LoopConnections candidate : loops) {
            if (candidate.loop().eventLoop().equals(channel.eventLoop())) {
                return candidate;
            }
        }
        throw new IllegalStateException("event loop: " + channel.eventLoop() + " (expected: ours)");
    }

    private void addProtocol(ChannelPipeline pipeline, Connecting connecting) {
        if (listener.tls()) {
            pipeline.addLast(certificates.newHandler());
            pipeline.addLast(new NegotiationHandler(connecting));
        } else {
            pipeline.addLast(new PrefaceDetector(connecting));
        }
    }
}
