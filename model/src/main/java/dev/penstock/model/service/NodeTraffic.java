package dev.penstock.model.service;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What a Service says about traffic on a node: addresses beside the cluster's, and policies.
 *
 * @param externalIps {@code spec.externalIPs}
 * @param loadBalancerIps addresses of {@code status.loadBalancer} whose {@code ipMode} is VIP or
 *     unset
 * @param loadBalancerSourceRanges CIDRs that may reach the load balancer addresses; empty for all
 * @param internalTrafficPolicy for traffic to the cluster address
 * @param externalTrafficPolicy for traffic from outside
 * @param healthCheckNodePort the port of the health answer for a local external policy; 0 for none
 * @param delegated whether a label ({@code service.kubernetes.io/service-proxy-name} or {@code
 *     service.kubernetes.io/headless}) says that no node rules are wanted of us
 */
public record NodeTraffic(
        List<String> externalIps,
        List<String> loadBalancerIps,
        List<String> loadBalancerSourceRanges,
        TrafficPolicy internalTrafficPolicy,
        TrafficPolicy externalTrafficPolicy,
        int healthCheckNodePort,
        boolean delegated) {

    /** No addresses beside the cluster's, and the API's default policies. */
    public static final NodeTraffic DEFAULT =
            new NodeTraffic(
                    List.of(),
                    List.of(),
                    List.of(),
                    TrafficPolicy.CLUSTER,
                    TrafficPolicy.CLUSTER,
                    0,
                    false);

    public NodeTraffic {
        externalIps = List.copyOf(externalIps);
        loadBalancerIps = List.copyOf(loadBalancerIps);
        loadBalancerSourceRanges = List.copyOf(loadBalancerSourceRanges);
        requireNonNull(internalTrafficPolicy, "internalTrafficPolicy");
        requireNonNull(externalTrafficPolicy, "externalTrafficPolicy");
    }

    /** The same with these load balancer addresses. */
    public NodeTraffic withLoadBalancerIps(List<String> newIps) {
        return new NodeTraffic(
                externalIps,
                newIps,
                loadBalancerSourceRanges,
                internalTrafficPolicy,
                externalTrafficPolicy,
                healthCheckNodePort,
                delegated);
    }
}
