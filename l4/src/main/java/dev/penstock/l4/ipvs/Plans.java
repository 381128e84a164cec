package dev.penstock.l4.ipvs;

import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.l4.node.VirtualServiceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Turns plans into a {@link Target}; from one plan to the next at the cost of the change. */
final class Plans {

    private final Target target = new Target();
    private final Map<VirtualServiceId, ServiceRules> rules = new HashMap<>();
    private final Marks marks = new Marks();
    private final Map<String, Integer> earlierMarks;
    private final Function<VirtualService, Scheduler> schedulers;
    private ServiceRules nodeRules = ServiceRules.NONE;
    private NodePlan plan = NodePlan.EMPTY;

    /** Cluster, external and load balancer addresses that are the node's own, with their ports. */
    private Set<ServerKey.Address> claimed = Set.of();

    /**
     * @param schedulers the scheduler of a virtual service
     * @param earlierMarks the marks that an earlier run gave, by address, protocol and port
     */
    Plans(Function<VirtualService, Scheduler> schedulers, Map<String, Integer> earlierMarks) {
        this.schedulers = schedulers;
        this.earlierMarks = Map.copyOf(earlierMarks);
    }

    Target target() {
        return target;
    }

    NodePlan plan() {
        return plan;
    }

    /** Brings the target to a plan; returns what may differ now. */
    Target.Touched change(NodePlan next) {
        Collection<VirtualServiceId> changed = next.changedSince(plan);
        boolean nodeChanged = !next.node().equals(plan.node());
        if (nodeChanged || touchesNode(changed, next)) {
            Set<VirtualServiceId> all = new LinkedHashSet<>(next.services().keySet());
            all.addAll(rules.keySet());
            claimed = claimed(next);
            changed = all;
        }
        plan = next;
        Target.Touched touched = new Target.Touched();
        List<ServiceRules> added = new ArrayList<>();
        for (VirtualServiceId id : changed) {
            ServiceRules before = rules.get(id);
            if (before != null) {
                target.remove(before, touched);
            }
            VirtualService service = next.services().get(id);
            if (service == null || !ServiceRules.hasShortCircuit(service)) {
                marks.release(id);
            }
            if (service == null) {
                rules.remove(id);
            }
        }
        for (VirtualServiceId id : changed) {
            VirtualService service = next.services().get(id);
            if (service != null) {
                ServiceRules after = rules(service, next.node());
                rules.put(id, after);
                added.add(after);
            }
        }
        if (nodeChanged) {
            target.remove(nodeRules, touched);
            nodeRules = ServiceRules.of(next.node());
            added.add(nodeRules);
        }
        added.forEach(one -> target.add(one, touched));
        return touched;
    }

    private ServiceRules rules(VirtualService service, NodeFacts node) {
        int mark = 0;
        if (ServiceRules.hasShortCircuit(service)) {
            mark = marks.of(service.id(), earlierMark(service, node));
        }
        return ServiceRules.of(service, node, schedulers.apply(service), mark, claimed);
    }

    private @Nullable Integer earlierMark(VirtualService service, NodeFacts node) {
        if (earlierMarks.isEmpty()) {
            return null;
        }
        Stream<String> ported =
                Stream.concat(service.externalIps().stream(), service.loadBalancerIps().stream())
                        .map(address -> key(service, address, service.port()).element());
        Stream<String> nodePorted =
                node.addresses().stream()
                        .map(address -> key(service, address, service.nodePort()).element());
        return Stream.concat(ported, nodePorted)
                .map(earlierMarks::get)
                .filter(mark -> mark != null)
                .findFirst()
                .orElse(null);
    }

    /** Whether a virtual service has, or had, an address that is the node's own. */
    private boolean touchesNode(Collection<VirtualServiceId> changed, NodePlan next) {
        Set<String> own = new HashSet<>(next.node().addresses());
        for (VirtualServiceId id : changed) {
            VirtualService before = plan.services().get(id);
            VirtualService after = next.services().get(id);
            if ((before != null && addresses(before).anyMatch(own::contains))
                    || (after != null && addresses(after).anyMatch(own::contains))) {
                return true;
            }
        }
        return false;
    }

    private static Set<ServerKey.Address> claimed(NodePlan plan) {
        Set<String> own = new HashSet<>(plan.node().addresses());
        Set<ServerKey.Address> claimed = new HashSet<>();
        for (VirtualService service : plan.services().values()) {
            addresses(service)
                    .filter(own::contains)
                    .forEach(address -> claimed.add(key(service, address, service.port())));
        }
        return claimed;
    }

    private static Stream<String> addresses(VirtualService service) {
        Stream<String> external =
                Stream.concat(service.externalIps().stream(), service.loadBalancerIps().stream());
        return Stream.concat(Stream.ofNullable(service.clusterIp()), external);
    }

    private static ServerKey.Address key(VirtualService service, String address, int port) {
        return new ServerKey.Address(service.id().protocol(), address, port);
    }
}
