package dev.penstock.l4.node;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.address.Cidr;
import dev.penstock.model.service.TrafficPolicy;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The unit of programming: one port of a Service in one address family, with everything that
 * decides what becomes of a packet to it. All addresses are of the id's family, in canonical text
 * form, and no two virtual services share an address, protocol and port, or a node port.
 *
 * @param id its name
 * @param port the port on cluster, external and load balancer addresses, 1 to 65535
 * @param clusterIp its cluster address; null where another Service claimed it first
 * @param externalIps {@code spec.externalIPs}
 * @param loadBalancerIps addresses of {@code status.loadBalancer} whose {@code ipMode} is VIP
 * @param nodePort the port on the node's addresses; 0 for none
 * @param sourceRanges who may use the load balancer addresses; empty for all. Others are dropped
 * @param internalPolicy for traffic to the cluster address
 * @param externalPolicy for traffic to the other addresses and the node port
 * @param affinity how long a client's connections go to one destination; null for no affinity
 * @param algorithm how destinations are chosen; null for the mode's default
 * @param ipvsScheduler the kernel's scheduler in ipvs mode; null for that of the algorithm
 * @param cluster destinations of the policy Cluster: those on any node, after topology, or
 *     terminating ones where none is ready; sorted by address and port
 * @param local destinations of the policy Local: those on this node; sorted likewise
 */
public record VirtualService(
        VirtualServiceId id,
        int port,
        @Nullable String clusterIp,
        List<String> externalIps,
        List<String> loadBalancerIps,
        int nodePort,
        List<Cidr> sourceRanges,
        TrafficPolicy internalPolicy,
        TrafficPolicy externalPolicy,
        @Nullable Duration affinity,
        @Nullable Algorithm algorithm,
        @Nullable String ipvsScheduler,
        List<Destination> cluster,
        List<Destination> local) {

    /** What becomes of new connections where no client is special. */
    public enum Verdict {
        /** They go to a destination. */
        FORWARD,
        /** Nobody serves, on any node: they are refused at once. */
        REJECT,
        /** The policy is Local, and only other nodes serve: they are dropped. */
        DROP
    }

    public VirtualService {
        requireNonNull(id, "id");
        externalIps = List.copyOf(externalIps);
        loadBalancerIps = List.copyOf(loadBalancerIps);
        sourceRanges = List.copyOf(sourceRanges);
        requireNonNull(internalPolicy, "internalPolicy");
        requireNonNull(externalPolicy, "externalPolicy");
        cluster = List.copyOf(cluster);
        local = List.copyOf(local);
    }

    /** Where connections to the cluster address go, from everywhere. */
    public List<Destination> internal() {
        return internalPolicy == TrafficPolicy.LOCAL ? local : cluster;
    }

    /**
     * Where connections from outside to an external address, a load balancer address or the node
     * port go. With the policy Local, those from pods of the cluster and from this node go to
     * {@link #cluster()} instead (kube-proxy's short circuit).
     */
    public List<Destination> external() {
        return externalPolicy == TrafficPolicy.LOCAL ? local : cluster;
    }

    /** What becomes of connections to the cluster address. */
    public Verdict internalVerdict() {
        return verdict(internal());
    }

    /** What becomes of connections from outside to the other addresses and the node port. */
    public Verdict externalVerdict() {
        return verdict(external());
    }

    private Verdict verdict(List<Destination> destinations) {
        if (!destinations.isEmpty()) {
            return Verdict.FORWARD;
        }
        return cluster.isEmpty() ? Verdict.REJECT : Verdict.DROP;
    }
}
