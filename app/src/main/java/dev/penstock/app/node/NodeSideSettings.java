package dev.penstock.app.node;

import static java.util.Objects.requireNonNull;

import dev.penstock.app.announce.LoadBalancerSettings;
import org.jspecify.annotations.Nullable;

/**
 * What a program does on its node.
 *
 * @param nodeName the node's name; empty where unknown
 * @param proxy how rules for Services are made; null for none
 * @param balancers how load balancer addresses are given; null for not at all
 */
public record NodeSideSettings(
        String nodeName,
        @Nullable NodeProxySettings proxy,
        @Nullable LoadBalancerSettings balancers) {

    public NodeSideSettings {
        requireNonNull(nodeName, "nodeName");
    }
}
