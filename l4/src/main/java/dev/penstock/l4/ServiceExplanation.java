package dev.penstock.l4;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.service.LoadBalancing;
import dev.penstock.model.service.ServicePortRef;
import dev.penstock.model.service.ServiceType;
import dev.penstock.model.service.SessionAffinity;
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
        List<EndpointExplanation> endpoints) {

    public ServiceExplanation {
        requireNonNull(ref, "ref");
        requireNonNull(availability, "availability");
        requireNonNull(reason, "reason");
        requireNonNull(algorithm, "algorithm");
        clusterIps = List.copyOf(clusterIps);
        endpoints = List.copyOf(endpoints);
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
