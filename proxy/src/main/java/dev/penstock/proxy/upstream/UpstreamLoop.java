package dev.penstock.proxy.upstream;

import dev.penstock.l4.Balancers;
import dev.penstock.l4.LiveEndpoint;
import dev.penstock.proxy.loop.ProxyLoop;
import dev.penstock.proxy.observe.LoopMetrics;
import dev.penstock.proxy.transport.Transport;
import dev.penstock.tls.context.ClientTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The upstream side of one event loop: finds and keeps the loop's part of each cluster. */
public final class UpstreamLoop {

    private final ProxyLoop loop;
    private final UpstreamSettings settings;
    private final LoopMetrics metrics;
    private final ClientTls tls;
    private final ClientCodec http1;
    private final ClientCodec http2;
    private final Bootstrap bootstrap;
    private final RandomGenerator random = new SplittableRandom();
    private final List<LoopCluster> active = new ArrayList<>();

    public UpstreamLoop(
            ProxyLoop loop,
            Transport transport,
            UpstreamSettings settings,
            LoopMetrics metrics,
            ClientTls tls,
            ClientCodec http1,
            ClientCodec http2) {
        this.loop = loop;
        this.settings = settings;
        this.metrics = metrics;
        this.tls = tls;
        this.http1 = http1;
        this.http2 = http2;
        this.bootstrap =
                new Bootstrap()
                        .group(loop.eventLoop())
                        .channel(transport.channelType())
                        .option(ChannelOption.ALLOCATOR, transport.allocator())
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.SO_KEEPALIVE, true);
    }

    /** This loop's part of a cluster. */
    public LoopCluster cluster(UpstreamCluster cluster) {
        LoopCluster mine = cluster.on(loop.index());
        if (mine == null) {
            mine =
                    new LoopCluster(
                            cluster,
                            this,
                            Balancers.create(
                                    cluster.key().loadBalancing(), cluster.port(), random));
            cluster.put(loop.index(), mine);
            active.add(mine);
        }
        return mine;
    }

    EndpointPool newPool(
            UpstreamCluster cluster, LiveEndpoint endpoint, @Nullable String externalName) {
        boolean multiplexed = cluster.key().protocol().usesHttp2();
        Connector connector =
                new Connector(
                        bootstrap,
                        endpoint.address(),
                        multiplexed ? http2 : http1,
                        multiplexed,
                        upstreamTls(cluster.key(), externalName));
        return multiplexed
                ? new Http2Pool(endpoint, connector, settings, metrics, loop.timeouts())
                : new Http1Pool(endpoint, connector, settings, metrics, loop.timeouts());
    }

    private @Nullable UpstreamTls upstreamTls(ClusterKey key, @Nullable String externalName) {
        if (!key.protocol().usesTls()) {
            return null;
        }
        List<String> alpn = List.of(key.protocol().usesHttp2() ? "h2" : "http/1.1");
        String serverName =
                externalName == null
                        ? key.service().service().name()
                                + "."
                                + key.service().service().namespace()
                                + ".svc"
                        : externalName;
        return new UpstreamTls(tls, tls.context(key.verifyTls(), alpn), serverName);
    }

    /**
     * Ends pools of endpoints and clusters that are gone. After a change of Services or routes; a
     * cluster that is in use also follows by itself.
     */
    public void sweep() {
        for (Iterator<LoopCluster> all = active.iterator(); all.hasNext(); ) {
            LoopCluster cluster = all.next();
            if (!cluster.sweep()) {
                all.remove();
                cluster.cluster().put(loop.index(), null);
            }
        }
    }

    /** Closes what is not in use, and the rest when it is free. */
    public void close() {
        for (LoopCluster cluster : active) {
            cluster.retire();
        }
        active.clear();
    }

    /** Connections that are open or being opened now. */
    public int connections() {
        int count = 0;
        for (LoopCluster cluster : active) {
            for (EndpointPool pool : cluster.pools()) {
                count += pool.connections();
            }
        }
        return count;
    }
}
