package dev.penstock.l4.nftables;

import dev.penstock.l4.nftables.Pick.Space;
import dev.penstock.l4.node.Algorithm;
import dev.penstock.l4.node.Destination;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.l4.node.VirtualService.Verdict;
import dev.penstock.model.address.Cidr;
import dev.penstock.model.service.TrafficPolicy;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Says what a table has to hold for one virtual service. */
final class ServiceRules {

    /** How many chains alike there are for services whose destinations take turns. */
    private static final int TURNS = 4096;

    private final VirtualService service;
    private final NodeFacts node;
    private final AffinityIds ids;
    private final Contents contents;
    private final Dialect dialect;
    private final Algorithm algorithm;
    private final List<Destination> cluster;
    private final List<Destination> local;

    private ServiceRules(
            VirtualService service, NodeFacts node, AffinityIds ids, Contents contents) {
        this.service = service;
        this.node = node;
        this.ids = ids;
        this.contents = contents;
        this.dialect = Dialect.of(service.id().family());
        Algorithm wanted = service.algorithm();
        this.algorithm =
                wanted == null || wanted == Algorithm.LEAST_CONNECTIONS ? Algorithm.RANDOM : wanted;
        this.cluster = Slots.of(algorithm, service.cluster());
        this.local = Slots.of(algorithm, service.local());
    }

    /** Adds what the table has to hold for a virtual service. */
    static void add(VirtualService service, NodeFacts node, AffinityIds ids, Contents contents) {
        new ServiceRules(service, node, ids, contents).add();
    }

    private void add() {
        String clusterIp = service.clusterIp();
        if (clusterIp != null) {
            contents.share(Collection.CLUSTER_ADDRESSES, clusterIp);
            addInternal(front(clusterIp));
        }
        for (String address : service.externalIps()) {
            addExternal(Way.ADDRESS, front(address));
        }
        for (String address : service.loadBalancerIps()) {
            guard(front(address));
            addExternal(Way.ADDRESS, front(address));
        }
        if (service.nodePort() != 0 && node.hasNodePorts(service.id().family())) {
            addExternal(Way.NODE_PORT, protocol() + " . " + service.nodePort());
        }
        service.cluster().forEach(this::addHairpin);
        service.local().forEach(this::addHairpin);
    }

    private String protocol() {
        return Dialect.protocol(service.id().protocol());
    }

    private String front(String address) {
        return address + " . " + protocol() + " . " + service.port();
    }

    private void addHairpin(Destination destination) {
        contents.share(Collection.HAIRPIN, destination.address() + " . " + destination.address());
    }

    private void addInternal(String front) {
        boolean isLocal = service.internalPolicy() == TrafficPolicy.LOCAL;
        if (service.internalVerdict() == Verdict.FORWARD) {
            Chain pick = pick(Space.ADDRESS, front, isLocal);
            Chain marked = contents.use(Pick.marked(pick, "cluster-", StaticRules.MARK_OUTSIDERS));
            contents.add(Collection.SERVICES, front, "goto " + marked.name());
        } else {
            turnAway(Way.ADDRESS, front, service.internalVerdict());
        }
    }

    private void addExternal(Way way, String front) {
        boolean isLocal = service.externalPolicy() == TrafficPolicy.LOCAL;
        if (service.cluster().isEmpty()) {
            turnAway(way, front, Verdict.REJECT);
        } else if (isLocal) {
            contents.add(way.space.verdicts(), front, "goto " + way.localPolicy);
            contents.add(way.inside, front, "goto " + pick(way.space, front, false).name());
            contents.add(
                    way.localSpace.verdicts(),
                    front,
                    local.isEmpty() ? "drop" : "goto " + pick(way.localSpace, front, true).name());
        } else {
            Chain pick = pick(way.space, front, false);
            Chain marked = contents.use(Pick.marked(pick, "external-", StaticRules.MARK));
            contents.add(way.space.verdicts(), front, "goto " + marked.name());
        }
    }

    /** Adds the destinations of a front and the chain that picks one of them. */
    private Chain pick(Space space, String front, boolean isLocal) {
        List<Destination> slots = isLocal ? local : cluster;
        for (int slot = 0; slot < slots.size(); slot++) {
            contents.add(space.destinations(), front + " . " + slot, endpoint(slots.get(slot)));
        }
        int turn =
                algorithm == Algorithm.ROUND_ROBIN && slots.size() > 1
                        ? Math.floorMod(service.id().toString().hashCode(), TURNS)
                        : -1;
        // A repeated slot is all that weights are.
        Algorithm draw = algorithm == Algorithm.WEIGHTED ? Algorithm.RANDOM : algorithm;
        Pick pick = new Pick(space, draw, slots.size(), turn);
        Chain chain = contents.use(pick.chain(dialect));
        Duration affinity = service.affinity();
        if (affinity == null) {
            return chain;
        }
        stick(space, front, isLocal, Math.max(1, affinity.toSeconds()));
        return contents.use(pick.sticky(dialect));
    }

    private void stick(Space space, String front, boolean isLocal, long seconds) {
        String id = ids.of(service.id(), isLocal);
        Chain learn = contents.use(Remembering.learn(dialect, seconds));
        contents.add(space.affinityIds(), front, id);
        contents.add(Collection.AFFINITY_TIMEOUTS, id, "goto " + learn.name());
        for (Destination destination : isLocal ? local : cluster) {
            contents.stick(id, endpoint(destination));
        }
    }

    private static String endpoint(Destination destination) {
        return destination.address() + " . " + destination.port();
    }

    private void turnAway(Way way, String front, Verdict verdict) {
        if (verdict == Verdict.DROP) {
            contents.add(way.space.verdicts(), front, "drop");
            return;
        }
        if (way == Way.ADDRESS) {
            // So that it is not taken for the node port of another Service on the same address.
            contents.add(Collection.SERVICES, front, "return");
        }
        contents.add(way.refused, front, "");
    }

    /** Only sources in a range may use the address; this node too if an address of it is in one. */
    private void guard(String front) {
        if (service.sourceRanges().isEmpty()) {
            return;
        }
        contents.add(Collection.GUARDED, front, "");
        List<Cidr> ranges = new ArrayList<>(service.sourceRanges());
        if (node.addresses().stream().anyMatch(address -> isIn(address, service.sourceRanges()))) {
            // Where the address is bound to the node, the node's packets to it come from it.
            service.loadBalancerIps().forEach(address -> ranges.add(Cidr.parse(address)));
        }
        for (Cidr range : withoutNested(ranges)) {
            contents.add(Collection.ALLOWED, front + " . " + KernelElement.text(range), "");
        }
    }

    private static boolean isIn(String address, List<Cidr> ranges) {
        InetAddress parsed = InetAddress.ofLiteral(address);
        return ranges.stream().anyMatch(range -> range.contains(parsed));
    }

    /** The kernel refuses an element that is part of another. */
    private static List<Cidr> withoutNested(List<Cidr> ranges) {
        return ranges.stream()
                .distinct()
                .filter(range ->
                        ranges.stream()
                                .noneMatch(other ->
                                        other.prefixLength() < range.prefixLength()
                                                && other.contains(range.network())))
                .toList();
    }

    /** What differs between an address of a Service and a node port. */
    private enum Way {
        ADDRESS(
                Space.ADDRESS,
                Space.LOCAL_ADDRESS,
                Collection.INSIDE_SERVICES,
                Collection.REFUSED,
                StaticRules.LOCAL_POLICY),
        NODE_PORT(
                Space.NODE_PORT,
                Space.LOCAL_NODE_PORT,
                Collection.INSIDE_NODE_PORTS,
                Collection.REFUSED_NODE_PORTS,
                StaticRules.LOCAL_POLICY_NODE_PORT);

        private final Space space;
        private final Space localSpace;
        private final Collection inside;
        private final Collection refused;
        private final String localPolicy;

        Way(
                Space space,
                Space localSpace,
                Collection inside,
                Collection refused,
                String localPolicy) {
            this.space = space;
            this.localSpace = localSpace;
            this.inside = inside;
            this.refused = refused;
            this.localPolicy = localPolicy;
        }
    }
}
