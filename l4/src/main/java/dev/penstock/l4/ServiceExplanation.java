package dev.penstock.l4;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.LoadBalancing;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.ServicePortRef;
import dev.penstock.model.service.ServiceType;
import dev.penstock.model.service.SessionAffinity;
import dev.penstock.model.service.TrafficPolicy;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How connections to a Service port are spread over its endpoints.
 *
 * @param ref the port
 * @param availability whether it can be reached
 * @param reason how its endpoints are chosen or why there are none, in one line
 * @param type the Service's type; null where it does not exist
 * @param algorithm how one of several endpoints is chosen
 * @param affinity the Service's session affinity; null for none
 * @param externalName the DNS name of an ExternalName Service; null for other types
 * @param clusterIps the Service's cluster addresses, for routes that leave the choice to the node
 * @param endpoints every endpoint that the objects or DNS name, used or not
 * @param node what a node's rules do with connections to it, a protocol and address family each;
 *     empty where there are none or it was not asked for
 */
public record ServiceExplanation(
        ServicePortRef ref,
        Availability availability,
        String reason,
        @Nullable ServiceType type,
        LoadBalancing algorithm,
        @Nullable SessionAffinity affinity,
        @Nullable String externalName,
        List<String> clusterIps,
        List<EndpointExplanation> endpoints,
        List<NodeExplanation> node) {

    public ServiceExplanation {
        requireNonNull(ref, "ref");
        requireNonNull(availability, "availability");
        requireNonNull(reason, "reason");
        requireNonNull(algorithm, "algorithm");
        clusterIps = List.copyOf(clusterIps);
        endpoints = List.copyOf(endpoints);
        node = List.copyOf(node);
    }

    /** The same with what a node's rules do. */
    public ServiceExplanation withNode(List<NodeExplanation> newNode) {
        return new ServiceExplanation(
                ref,
                availability,
                reason,
                type,
                algorithm,
                affinity,
                externalName,
                clusterIps,
                endpoints,
                newNode);
    }

    /**
     * What a node's rules do with connections to a port in one protocol and address family.
     *
     * @param protocol the protocol
     * @param family the family
     * @param cluster the cluster address; null where another Service has it
     * @param outside those reached from outside: load balancer and external addresses, node ports;
     *     null where there are none
     * @param algorithm the value of {@code penstock.dev/l4-algorithm}; null for the mode's default
     * @param ipvsScheduler the value of {@code penstock.dev/ipvs-scheduler}; null where not set
     * @param affinity how long a client keeps its destination; null for no affinity
     * @param problems what keeps the rules from being as the Service asks, a line each
     */
    public record NodeExplanation(
            Protocol protocol,
            IpFamily family,
            @Nullable EntryExplanation cluster,
            @Nullable EntryExplanation outside,
            @Nullable String algorithm,
            @Nullable String ipvsScheduler,
            @Nullable Duration affinity,
            List<String> problems) {

        public NodeExplanation {
            requireNonNull(protocol, "protocol");
            requireNonNull(family, "family");
            problems = List.copyOf(problems);
        }
    }

    /**
     * What becomes of connections to some of the addresses.
     *
     * @param addresses each with its port; a node port as {@code node port 30080}
     * @param policy the traffic policy
     * @param verdict FORWARD, REJECT or DROP
     * @param reason what that means, in one line
     * @param masquerade whose source is replaced by the node's, in one line
     * @param destinations where new connections go, with their weight where it is not 1
     */
    public record EntryExplanation(
            List<String> addresses,
            TrafficPolicy policy,
            String verdict,
            String reason,
            String masquerade,
            List<String> destinations) {

        public EntryExplanation {
            addresses = List.copyOf(addresses);
            requireNonNull(policy, "policy");
            requireNonNull(verdict, "verdict");
            requireNonNull(reason, "reason");
            requireNonNull(masquerade, "masquerade");
            destinations = List.copyOf(destinations);
        }
    }

    /**
     * One endpoint.
     *
     * @param authority its address and port
     * @param used whether new connections may go to it
     * @param reason why it is used or not, in one line
     * @param target the pod behind it; null where unknown
     * @param nodeName the node it runs on; null where unknown
     * @param zone the zone it runs in; null where unknown
     */
    public record EndpointExplanation(
            String authority,
            boolean used,
            String reason,
            @Nullable String target,
            @Nullable String nodeName,
            @Nullable String zone) {

        public EndpointExplanation {
            requireNonNull(authority, "authority");
            requireNonNull(reason, "reason");
        }
    }
}
