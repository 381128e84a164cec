package dev.penstock.l4;

import dev.penstock.model.service.Endpoint;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoints of a Service port take new traffic, by kube-proxy's rule: the ready ones,
 * narrowed by topology hints when every one has hints and one of them names this node or zone; when
 * none is ready, those that are terminating but still serve (KEP-1669). Addresses that must not be
 * reached are out before that.
 *
 * @param all the endpoints as the slices have them
 * @param uses for each of them whether it is used, or why not
 * @param topology how the ready ones were narrowed
 */
public record EndpointChoice(List<Endpoint> all, List<Use> uses, Topology topology) {

    /** How ready endpoints are narrowed (KEP-2433, KEP-3015). */
    public enum Topology {
        NONE,
        SAME_ZONE,
        SAME_NODE
    }

    /** Whether an endpoint is used, or why not. */
    public enum Use {
        USED,
        USED_WHILE_TERMINATING,
        NOT_READY,
        TERMINATING,
        OTHER_ZONE,
        OTHER_NODE,
        FORBIDDEN;

        public boolean isUsed() {
            return this == USED || this == USED_WHILE_TERMINATING;
        }
    }

    /** The choice among the endpoints of one port; the settings say where this is. */
    public static EndpointChoice of(List<Endpoint> all, L4Settings settings) {
        return of(all, settings, new AddressRules(settings.loopbackAllowed()));
    }

    static EndpointChoice of(List<Endpoint> all, L4Settings settings, AddressRules rules) {
        List<Use> uses = new ArrayList<>(all.size());
        List<Endpoint> ready = new ArrayList<>(all.size());
        for (Endpoint endpoint : all) {
            Use use = byCondition(endpoint, rules);
            uses.add(use);
            if (use == Use.USED) {
                ready.add(endpoint);
            }
        }
        Topology topology = topology(ready, settings.nodeName(), settings.zone());
        for (int i = 0; i < uses.size(); i++) {
            Endpoint endpoint = all.get(i);
            if (ready.isEmpty()) {
                boolean fallback = uses.get(i) == Use.TERMINATING && endpoint.serving();
                uses.set(i, fallback ? Use.USED_WHILE_TERMINATING : uses.get(i));
            } else if (uses.get(i) == Use.USED) {
                uses.set(i, byTopology(endpoint, topology, settings));
            }
        }
        return new EndpointChoice(all, List.copyOf(uses), topology);
    }

    private static Use byCondition(Endpoint endpoint, AddressRules rules) {
        InetAddress address = AddressRules.parse(endpoint.address());
        if (address == null || rules.refusal(address) != null) {
            return Use.FORBIDDEN;
        }
        if (endpoint.ready()) {
            return Use.USED;
        }
        return endpoint.terminating() ? Use.TERMINATING : Use.NOT_READY;
    }

    private static Topology topology(
            List<Endpoint> ready, @Nullable String node, @Nullable String zone) {
        boolean allNodes = node != null;
        boolean thisNode = false;
        boolean allZones = zone != null;
        boolean thisZone = false;
        for (Endpoint endpoint : ready) {
            Endpoint.Hints hints = endpoint.hints();
            allNodes &= !hints.nodes().isEmpty();
            thisNode |= node != null && hints.nodes().contains(node);
            allZones &= !hints.zones().isEmpty();
            thisZone |= zone != null && hints.zones().contains(zone);
        }
        if (allNodes && thisNode) {
            return Topology.SAME_NODE;
        }
        return allZones && thisZone ? Topology.SAME_ZONE : Topology.NONE;
    }

    private static Use byTopology(Endpoint endpoint, Topology topology, L4Settings settings) {
        return switch (topology) {
            case NONE -> Use.USED;
            case SAME_NODE ->
                    endpoint.hints().nodes().contains(settings.nodeName())
                            ? Use.USED
                            : Use.OTHER_NODE;
            case SAME_ZONE ->
                    endpoint.hints().zones().contains(settings.zone()) ? Use.USED : Use.OTHER_ZONE;
        };
    }

    /** The endpoints to use, in their order. */
    public List<Endpoint> used() {
        List<Endpoint> used = new ArrayList<>(all.size());
        for (int i = 0; i < all.size(); i++) {
            if (uses.get(i).isUsed()) {
                used.add(all.get(i));
            }
        }
        return used;
    }

    /**
     * The endpoints of a node, for the traffic policy Local, which knows no topology: those that
     * are ready, or else those that are terminating but still serve; in their order.
     */
    public List<Endpoint> local(String node) {
        List<Endpoint> ready = new ArrayList<>();
        List<Endpoint> terminating = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Endpoint endpoint = all.get(i);
            if (!node.equals(endpoint.nodeName()) || uses.get(i) == Use.FORBIDDEN) {
                continue;
            }
            if (endpoint.ready()) {
                ready.add(endpoint);
            } else if (endpoint.terminating() && endpoint.serving()) {
                terminating.add(endpoint);
            }
        }
        return ready.isEmpty() ? terminating : ready;
    }

    /** The port's state: available when an endpoint is used. */
    Availability availability() {
        if (uses.stream().anyMatch(Use::isUsed)) {
            return Availability.AVAILABLE;
        }
        return uses.contains(Use.FORBIDDEN) ? Availability.FORBIDDEN : Availability.NO_ENDPOINTS;
    }
}
