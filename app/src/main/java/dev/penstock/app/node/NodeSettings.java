package dev.penstock.app.node;

import static java.util.Objects.requireNonNull;

import dev.penstock.app.announce.LoadBalancerSettings;
import dev.penstock.app.source.SourceSettings;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a node is started with.
 *
 * @param version the program's version
 * @param source where Services come from
 * @param proxy the L4 module
 * @param metrics where {@code /metrics} is served; port 0 takes a free one
 * @param nodeName this node's name
 * @param balancers how load balancer addresses are given; null for not at all
 */
public record NodeSettings(
        String version,
        SourceSettings source,
        NodeProxySettings proxy,
        InetSocketAddress metrics,
        String nodeName,
        @Nullable LoadBalancerSettings balancers) {

    public NodeSettings {
        requireNonNull(version, "version");
        requireNonNull(source, "source");
        requireNonNull(proxy, "proxy");
        requireNonNull(metrics, "metrics");
        requireNonNull(nodeName, "nodeName");
    }
}
