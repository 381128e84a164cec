package dev.penstock.l4.node;

import dev.penstock.l4.node.VirtualService.Verdict;
import dev.penstock.model.address.Cidr;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.TrafficPolicy;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must become of the first packet of a connection at a node: slow and obvious, written from
 * kube-proxy's semantics, for the rules of every mode to be compared with.
 *
 * @param plan what the node is to do
 */
public record PacketModel(NodePlan plan) {

    /**
     * A first packet.
     *
     * @param protocol its protocol
     * @param source the client's address, canonical
     * @param destination the address it was sent to, canonical
     * @param port the port it was sent to
     */
    public record Packet(Protocol protocol, String source, String destination, int port) {

        IpFamily family() {
            return IpFamily.of(destination);
        }
    }

    /** What becomes of it. */
    public sealed interface Fate {

        /** No rule of ours touches it. */
        record NotOurs() implements Fate {}

        /** It is refused at once: TCP sees a reset or an ICMP error. */
        record Rejected() implements Fate {}

        /** It is dropped. */
        record Dropped() implements Fate {}

        /**
         * It goes to one of these.
         *
         * @param to those that it may go to, of which the algorithm or affinity picks one
         * @param masquerade whether the pod sees the node as the source whichever is picked
         */
        record Forwarded(List<Destination> to, boolean masquerade) implements Fate {

            /** Whether a destination sees the node: a pod that reaches itself always does. */
            public boolean masquerades(Packet packet, Destination chosen) {
                return masquerade || chosen.address().equals(packet.source());
            }
        }
    }

    public Fate fate(Packet packet) {
        for (VirtualService service : plan.services().values()) {
            if (service.id().protocol() != packet.protocol()
                    || service.id().family() != packet.family()) {
                continue;
            }
            boolean isPort = service.port() == packet.port();
            if (isPort && packet.destination().equals(service.clusterIp())) {
                return internal(service, packet);
            }
            if (isPort && service.loadBalancerIps().contains(packet.destination())) {
                return isAllowed(service, packet) ? external(service, packet) : new Fate.Dropped();
            }
            if (isPort && service.externalIps().contains(packet.destination())) {
                return external(service, packet);
            }
        }
        // An address of a Service wins over a node port on the same address.
        VirtualService service = nodePort(packet);
        return service == null ? new Fate.NotOurs() : external(service, packet);
    }

    private @Nullable VirtualService nodePort(Packet packet) {
        NodeFacts node = plan.node();
        List<Cidr> allowed = node.nodePortCidrs(packet.family());
        boolean isServed =
                node.addresses().contains(packet.destination())
                        && node.hasNodePorts(packet.family())
                        && (allowed.isEmpty() || isIn(packet.destination(), allowed));
        if (!isServed) {
            return null;
        }
        return plan.services().values().stream()
                .filter(service ->
                        service.nodePort() == packet.port()
                                && service.id().protocol() == packet.protocol()
                                && service.id().family() == packet.family())
                .findFirst()
                .orElse(null);
    }

    private boolean isAllowed(VirtualService service, Packet packet) {
        List<Cidr> ranges = service.sourceRanges();
        boolean isNodeIn =
                plan.node().addresses().stream().anyMatch(address -> isIn(address, ranges));
        return ranges.isEmpty()
                || isIn(packet.source(), ranges)
                || (isNodeIn && service.loadBalancerIps().contains(packet.source()));
    }

    private Fate internal(VirtualService service, Packet packet) {
        List<Cidr> pods = plan.node().podCidrs(packet.family());
        boolean masquerade =
                plan.node().masqueradeAll() || (!pods.isEmpty() && !isIn(packet.source(), pods));
        return forward(service.internalVerdict(), service.internal(), masquerade);
    }

    private Fate external(VirtualService service, Packet packet) {
        boolean all = plan.node().masqueradeAll();
        Verdict verdict = service.externalVerdict();
        if (service.externalPolicy() == TrafficPolicy.CLUSTER) {
            return forward(verdict, service.cluster(), true);
        }
        boolean isPod = isIn(packet.source(), plan.node().podCidrs(packet.family()));
        boolean isNode = plan.node().addresses().contains(packet.source());
        if (verdict != Verdict.REJECT && isPod) {
            return forward(Verdict.FORWARD, service.cluster(), all);
        }
        if (verdict != Verdict.REJECT && isNode) {
            return forward(Verdict.FORWARD, service.cluster(), true);
        }
        return forward(verdict, service.local(), all);
    }

    private static Fate forward(Verdict verdict, List<Destination> to, boolean masquerade) {
        return switch (verdict) {
            case FORWARD -> new Fate.Forwarded(Destination.takingNew(to), masquerade);
            case REJECT -> new Fate.Rejected();
            case DROP -> new Fate.Dropped();
        };
    }

    private static boolean isIn(String address, List<Cidr> networks) {
        InetAddress parsed = InetAddress.ofLiteral(address);
        return networks.stream().anyMatch(network -> network.contains(parsed));
    }
}
