package dev.penstock.l4.userspace;

import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.model.address.Cidr;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.TrafficPolicy;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where packets that begin a connection to a virtual service go.
 *
 * @param service the virtual service
 * @param clusterPort the port of the socket that serves its {@link VirtualService#cluster()}; 0
 *     where there is none
 * @param localPort the port of the socket that serves its {@link VirtualService#local()}; 0 where
 *     there is none
 */
record Redirect(VirtualService service, int clusterPort, int localPort) {

    /** What becomes of a packet. */
    sealed interface Fate permits To, Refused, Dropped {}

    /**
     * It goes to a local port.
     *
     * @param port the port
     */
    record To(int port) implements Fate {}

    /** It is refused at once. */
    record Refused() implements Fate {}

    /** It is dropped. */
    record Dropped() implements Fate {}

    private static final Fate REFUSED = new Refused();
    private static final Fate DROPPED = new Dropped();

    /** Whether any address uses the destinations of the policy Cluster. */
    static boolean usesCluster(VirtualService service) {
        return hasExternal(service)
                || (service.clusterIp() != null
                        && service.internalPolicy() == TrafficPolicy.CLUSTER);
    }

    /** Whether any address uses the destinations of the policy Local. */
    static boolean usesLocal(VirtualService service) {
        return (hasExternal(service) && service.externalPolicy() == TrafficPolicy.LOCAL)
                || (service.clusterIp() != null && service.internalPolicy() == TrafficPolicy.LOCAL);
    }

    private static boolean hasExternal(VirtualService service) {
        return service.nodePort() > 0
                || !service.externalIps().isEmpty()
                || !service.loadBalancerIps().isEmpty();
    }

    /**
     * The address of this node that packets are sent to, so that they come to a socket. To let the
     * kernel take that of the link they came by would not do: the links of pods have none with some
     * networks. One that is no pod's network is less likely to go away.
     *
     * @return null if none is known; then that of the link has to do
     */
    static @Nullable String target(IpFamily family, NodeFacts node) {
        List<String> own =
                node.addresses().stream()
                        .filter(address -> IpFamily.of(address) == family)
                        .toList();
        return own.stream()
                .filter(address ->
                        node.podCidrs(family).stream()
                                .noneMatch(pods -> pods.contains(InetAddress.ofLiteral(address))))
                .findFirst()
                .orElse(own.isEmpty() ? null : own.getFirst());
    }

    /** Where packets of this node come to a socket: {@link #target}, else loopback. */
    static InetAddress targetOrLoopback(IpFamily family, NodeFacts node) {
        String address = target(family, node);
        String loopback = family == IpFamily.IPV4 ? "127.0.0.1" : "::1";
        return InetAddress.ofLiteral(address == null ? loopback : address);
    }

    /** Addresses other than the cluster address, each once. */
    List<String> externalAddresses() {
        return Stream.concat(service.loadBalancerIps().stream(), service.externalIps().stream())
                .distinct()
                .filter(address -> !address.equals(service.clusterIp()))
                .toList();
    }

    /** What becomes of packets to the cluster address. */
    Fate internal() {
        return fate(
                service.internalVerdict(),
                service.internalPolicy() == TrafficPolicy.LOCAL ? localPort : clusterPort);
    }

    /** What becomes of packets from pods and from this node to the other addresses. */
    Fate near() {
        return service.cluster().isEmpty() ? REFUSED : new To(clusterPort);
    }

    /** What becomes of packets from elsewhere to the other addresses. */
    Fate far() {
        return fate(
                service.externalVerdict(),
                service.externalPolicy() == TrafficPolicy.LOCAL ? localPort : clusterPort);
    }

    /**
     * Which sources may use the load balancer addresses, where there are ranges; none is in
     * another. Where the node is in a range, so are these addresses: one that the node holds is the
     * source of its own connections to it.
     */
    List<Cidr> allowedSources(NodeFacts node) {
        List<Cidr> ranges = new ArrayList<>(service.sourceRanges());
        boolean nodeAllowed =
                node.addresses().stream()
                        .map(InetAddress::ofLiteral)
                        .anyMatch(own -> ranges.stream().anyMatch(range -> range.contains(own)));
        if (nodeAllowed) {
            service.loadBalancerIps().forEach(address -> ranges.add(Cidr.parse(address)));
        }
        return ranges.stream()
                .filter(range -> range.family() == service.id().family())
                .distinct()
                .filter(range -> ranges.stream().noneMatch(other -> covers(other, range)))
                .toList();
    }

    private static boolean covers(Cidr wide, Cidr narrow) {
        return wide.prefixLength() < narrow.prefixLength() && wide.contains(narrow.network());
    }

    private static Fate fate(VirtualService.Verdict verdict, int port) {
        return switch (verdict) {
            case FORWARD -> new To(port);
            case REJECT -> REFUSED;
            case DROP -> DROPPED;
        };
    }
}
