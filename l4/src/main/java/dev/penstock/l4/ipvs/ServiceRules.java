package dev.penstock.l4.ipvs;

import dev.penstock.l4.node.Destination;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.address.Cidr;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.TrafficPolicy;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one virtual service needs of the kernel.
 *
 * @param servers its virtual servers
 * @param addresses its addresses that belong on our link
 * @param elements its elements of the sets
 */
record ServiceRules(List<VirtualServer> servers, Set<String> addresses, Set<SetElement> elements) {

    /** Nothing. */
    static final ServiceRules NONE = new ServiceRules(List.of(), Set.of(), Set.of());

    ServiceRules {
        servers = List.copyOf(servers);
        addresses = Set.copyOf(addresses);
        elements = Set.copyOf(elements);
    }

    /**
     * Those of a virtual service.
     *
     * @param scheduler how its destinations are picked
     * @param mark the mark of the virtual server for its short circuit, if it has one
     * @param claimed addresses and ports of Services: a node port does not serve them
     */
    static ServiceRules of(
            VirtualService service,
            NodeFacts node,
            Scheduler scheduler,
            int mark,
            Set<ServerKey.Address> claimed) {
        Builder builder = new Builder(service, node, scheduler, mark);
        builder.addAll(claimed);
        return builder.result();
    }

    /** The elements that the node itself needs. */
    static ServiceRules of(NodeFacts node) {
        Set<SetElement> elements = new LinkedHashSet<>();
        for (Cidr pods : node.podCidrs()) {
            halves(pods)
                    .forEach(half ->
                            elements.add(new SetElement(SetName.PODS, pods.family(), half)));
        }
        return new ServiceRules(List.of(), Set.of(), elements);
    }

    /** Whether a service has a virtual server beside that of its address, for a short circuit. */
    static boolean hasShortCircuit(VirtualService service) {
        return service.externalPolicy() == TrafficPolicy.LOCAL
                && !service.cluster().isEmpty()
                && (service.nodePort() != 0
                        || !service.externalIps().isEmpty()
                        || !service.loadBalancerIps().isEmpty());
    }

    /** As ipset writes a network, which it has none of with a prefix of 0: two halves then. */
    static List<String> halves(Cidr network) {
        if (network.prefixLength() == 0) {
            return network.family() == IpFamily.IPV4
                    ? List.of("0.0.0.0/1", "128.0.0.0/1")
                    : List.of("::/1", "8000::/1");
        }
        String address = AddressText.of(network.network());
        boolean whole = network.prefixLength() == network.family().bits();
        return List.of(whole ? address : address + "/" + network.prefixLength());
    }

    private static final class Builder {

        private final VirtualService service;
        private final NodeFacts node;
        private final Scheduler scheduler;
        private final int mark;
        private final IpFamily family;
        private final List<VirtualServer> servers = new ArrayList<>();
        private final Set<String> addresses = new LinkedHashSet<>();
        private final Set<SetElement> elements = new LinkedHashSet<>();

        Builder(VirtualService service, NodeFacts node, Scheduler scheduler, int mark) {
            this.service = service;
            this.node = node;
            this.scheduler = scheduler;
            this.mark = mark;
            this.family = service.id().family();
        }

        void addAll(Set<ServerKey.Address> claimed) {
            String clusterIp = service.clusterIp();
            if (clusterIp != null) {
                addInternal(clusterIp);
            }
            service.externalIps().forEach(address -> addExternal(address, service.port()));
            for (String address : service.loadBalancerIps()) {
                addExternal(address, service.port());
                addRanges(address);
            }
            nodePortAddresses().stream()
                    .filter(address -> !claimed.contains(key(address, service.nodePort())))
                    .forEach(address -> addExternal(address, service.nodePort()));
            addresses.addAll(service.externalIps());
            addresses.addAll(service.loadBalancerIps());
            // An address that the node has anyway stays where it is.
            node.addresses().forEach(addresses::remove);
            addShortCircuit();
            addHairpins();
        }

        ServiceRules result() {
            return new ServiceRules(servers, addresses, elements);
        }

        private ServerKey.Address key(String address, int port) {
            return new ServerKey.Address(service.id().protocol(), address, port);
        }

        private void addInternal(String clusterIp) {
            addresses.add(clusterIp);
            String element = key(clusterIp, service.port()).element();
            add(SetName.CLUSTER, element);
            if (node.masqueradeAll()) {
                add(SetName.MASQUERADE, element);
            }
            switch (service.internalVerdict()) {
                case FORWARD -> addServer(key(clusterIp, service.port()), service.internal());
                case REJECT -> add(SetName.REJECT, element);
                case DROP -> add(SetName.DROP, element);
            }
        }

        private void addExternal(String address, int port) {
            ServerKey.Address key = key(address, port);
            if (node.masqueradeAll() || service.externalPolicy() == TrafficPolicy.CLUSTER) {
                add(SetName.MASQUERADE, key.element());
            }
            if (hasShortCircuit(service)) {
                add(
                        SetName.SHORT_CIRCUIT,
                        key.element() + " skbmark 0x" + Integer.toHexString(fullMark()));
            }
            switch (service.externalVerdict()) {
                case FORWARD -> addServer(key, service.external());
                case REJECT -> add(SetName.REJECT, key.element());
                case DROP -> add(SetName.DROP_EXTERNAL, key.element());
            }
        }

        private void addServer(ServerKey.Address key, List<Destination> destinations) {
            servers.add(server(key, destinations));
            add(SetName.SERVICE, key.element());
        }

        private VirtualServer server(ServerKey key, List<Destination> destinations) {
            Duration affinity = service.affinity();
            int persistence =
                    affinity == null ? 0 : Math.clamp(affinity.toSeconds(), 1, Integer.MAX_VALUE);
            Map<RealServer, Integer> weights = new LinkedHashMap<>();
            boolean noneTakesNew =
                    destinations.stream().allMatch(destination -> destination.weight() == 0);
            for (Destination destination : destinations) {
                weights.put(
                        new RealServer(destination.address(), destination.port()),
                        noneTakesNew ? 1 : destination.weight());
            }
            return new VirtualServer(key, scheduler, persistence, weights);
        }

        private void addRanges(String address) {
            if (service.sourceRanges().isEmpty()) {
                return;
            }
            String element = key(address, service.port()).element();
            add(SetName.RANGES, element);
            boolean nodeIsIn = false;
            for (Cidr range : service.sourceRanges()) {
                halves(range).forEach(half -> add(SetName.ALLOWED, element + "," + half));
                nodeIsIn |=
                        node.addresses().stream()
                                .anyMatch(own -> range.contains(InetAddress.ofLiteral(own)));
            }
            if (nodeIsIn) {
                // What the node itself sends to an address on its link comes from an address there.
                service.loadBalancerIps()
                        .forEach(source -> add(SetName.ALLOWED, element + "," + source));
            }
        }

        private List<String> nodePortAddresses() {
            if (service.nodePort() == 0 || !node.hasNodePorts(family)) {
                return List.of();
            }
            List<Cidr> allowed = node.nodePortCidrs(family);
            return node.addresses().stream()
                    .filter(address -> IpFamily.of(address) == family)
                    .filter(address -> allowed.isEmpty() || isIn(address, allowed))
                    .toList();
        }

        private static boolean isIn(String address, List<Cidr> networks) {
            InetAddress parsed = InetAddress.ofLiteral(address);
            return networks.stream().anyMatch(network -> network.contains(parsed));
        }

        /** Masquerading all means these too: the mark says both. */
        private int fullMark() {
            return node.masqueradeAll() ? mark | Marks.MASQUERADE : mark;
        }

        private void addShortCircuit() {
            boolean isReachable =
                    elements.stream().anyMatch(element -> element.set() == SetName.SHORT_CIRCUIT);
            if (isReachable) {
                boolean hasConnections = service.id().protocol() != Protocol.UDP;
                ServerKey key = new ServerKey.Mark(family, fullMark(), hasConnections);
                servers.add(server(key, service.cluster()));
            }
        }

        private void addHairpins() {
            for (List<Destination> destinations : List.of(service.cluster(), service.local())) {
                for (Destination pod : destinations) {
                    if (pod.local()) {
                        String port = key(pod.address(), pod.port()).element();
                        add(SetName.HAIRPIN, port + "," + pod.address());
                    }
                }
            }
        }

        private void add(SetName set, String text) {
            elements.add(new SetElement(set, family, text));
        }
    }
}
