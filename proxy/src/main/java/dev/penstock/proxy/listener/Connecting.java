package dev.penstock.proxy.listener;

import dev.penstock.proxy.h1.H1ServerConnection;
import dev.penstock.proxy.h2.H2ServerConnection;
import dev.penstock.proxy.loop.TimeoutWheel;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.ServerLimits;
import io.netty.channel.ChannelPipeline;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What is known of a connection until its codec is chosen. */
final class Connecting {

    private final LoopConnections connections;
    private final InetSocketAddress peer;
    private final boolean secure;
    private boolean trustedPeer;
    private InetSocketAddress client;
    private InetSocketAddress local;
    private @Nullable String serverName;

    Connecting(
            LoopConnections connections,
            InetSocketAddress peer,
            InetSocketAddress local,
            boolean secure,
            boolean trustedPeer) {
        this.connections = connections;
        this.peer = peer;
        this.client = peer;
        this.local = local;
        this.secure = secure;
        this.trustedPeer = trustedPeer;
    }

    /**
     * Sets what a trusted PROXY protocol header says.
     *
     * @param trusted whether that client may set forwarded headers: that its peer may speak for it
     *     does not mean that it may speak for others
     */
    void forwardedFor(InetSocketAddress source, InetSocketAddress destination, boolean trusted) {
        trustedPeer = trusted;
        client = source;
        local = destination;
    }

    void serverName(@Nullable String name) {
        serverName = name;
    }

    private ConnectionInfo info() {
        return new ConnectionInfo(client, local, peer, secure, serverName, trustedPeer);
    }

    /** The connection is closed before a codec could take it. */
    void refused(String reason) {
        connections.refused(info(), reason);
    }

    void handshakeEnded(boolean successful) {
        connections.metrics().handshakeEnded(successful);
    }

    TimeoutWheel timeouts() {
        return connections.loop().timeouts();
    }

    ServerLimits limits() {
        return connections.limits();
    }

    void useHttp1(ChannelPipeline pipeline) {
        H1ServerConnection codec =
                new H1ServerConnection(
                        connections.limits(),
                        info(),
                        connections.handler(),
                        connections.loop().timeouts());
        connections.chosen(pipeline.channel(), codec);
        pipeline.addLast(codec);
    }

    void useHttp2(ChannelPipeline pipeline) {
        H2ServerConnection codec =
                new H2ServerConnection(
                        connections.limits(),
                        info(),
                        connections.handler(),
                        connections.loop().timeouts());
        connections.chosen(pipeline.channel(), codec);
        pipeline.addLast(codec);
    }
}
