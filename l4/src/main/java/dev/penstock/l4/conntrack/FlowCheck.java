package dev.penstock.l4.conntrack;

import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.l4.node.VirtualServiceId;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.ServicePort;
import dev.penstock.model.service.Services;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which flows may have gone stale by a change, by kube-proxy's rule: UDP flows to an address and
 * port, or node port, of a Service that are answered by nobody who still serves it. Whoever serves,
 * even while terminating and wherever it is, keeps its flows: policies and topology decide about
 * new ones only, as with TCP. Services that nobody serves are left alone until somebody does. Pure.
 *
 * <p>Where sockets of ours serve, whoever answers them is none of conntrack's business; but flows
 * that began before a socket was there were sent elsewhere, or to an earlier one, and stay so.
 *
 * @param servers for each target to look at, who may answer
 * @param nodeAddresses the node's own addresses, which node ports are on
 */
record FlowCheck(Map<Target, Set<Peer>> servers, Set<String> nodeAddresses) {

    /**
     * What there is to serve, and what is in force for it.
     *
     * @param services all Services
     * @param plan the plan that was made of them
     */
    record State(Services services, NodePlan plan) {

        static final State EMPTY = new State(Services.EMPTY, NodePlan.EMPTY);

        private @Nullable UdpService service(VirtualServiceId id) {
            VirtualService virtual = plan.services().get(id);
            Service service = services.byName().get(id.service());
            return virtual == null || service == null
                    ? null
                    : new UdpService(
                            Target.of(virtual),
                            serving(
                                    service.endpoints().getOrDefault(id.portName(), List.of()),
                                    id));
        }

        private static Set<Peer> serving(List<Endpoint> endpoints, VirtualServiceId id) {
            Set<Peer> serving = new HashSet<>();
            for (Endpoint endpoint : endpoints) {
                if ((endpoint.ready() || endpoint.serving())
                        && IpFamily.of(endpoint.address()) == id.family()) {
                    serving.add(new Peer(endpoint.address(), endpoint.port()));
                }
            }
            return serving;
        }
    }

    private record UdpService(Set<Target> targets, Set<Peer> serving) {

        /** Whether a change from another state can leave flows behind. */
        boolean leavesFlows(@Nullable UdpService before) {
            if (serving.isEmpty()) {
                return false;
            }
            return before == null
                    || before.serving.isEmpty()
                    || !serving.containsAll(before.serving)
                    || !before.targets.containsAll(targets);
        }

        /** What it can be reached at that it could not in another state. */
        Set<Target> newTargets(@Nullable UdpService before) {
            Set<Target> added = new HashSet<>(serving.isEmpty() ? Set.of() : targets);
            if (before != null && !before.serving.isEmpty()) {
                added.removeAll(before.targets);
            }
            return added;
        }
    }

    FlowCheck {
        servers = Map.copyOf(servers);
        nodeAddresses = Set.copyOf(nodeAddresses);
    }

    /** What to look at after a change; costs what the change does. */
    static FlowCheck between(State before, State after) {
        Map<Target, Set<Peer>> servers = new HashMap<>();
        for (VirtualServiceId id : changedUdp(before, after)) {
            UdpService now = after.service(id);
            if (now != null && now.leavesFlows(before.service(id))) {
                now.targets.forEach(target -> servers.put(target, now.serving));
            }
        }
        return new FlowCheck(servers, new HashSet<>(after.plan.node().addresses()));
    }

    /** As {@link #between}, where sockets of ours serve: no flow that is there may stay. */
    static FlowCheck ofSocketsBetween(State before, State after) {
        Map<Target, Set<Peer>> servers = new HashMap<>();
        for (VirtualServiceId id : changedUdp(before, after)) {
            UdpService now = after.service(id);
            if (now != null) {
                now.newTargets(before.service(id)).forEach(target -> servers.put(target, Set.of()));
            }
        }
        return new FlowCheck(servers, new HashSet<>(after.plan.node().addresses()));
    }

    /**
     * Beside what the plan does differently: endpoints that it did not use are no part of it, and
     * may yet have had flows.
     */
    private static Set<VirtualServiceId> changedUdp(State before, State after) {
        Set<VirtualServiceId> changed = new HashSet<>();
        for (VirtualServiceId id : after.plan.changedSince(before.plan)) {
            if (id.protocol() == Protocol.UDP) {
                changed.add(id);
            }
        }
        for (ServiceName name :
                after.services.byName().keysChangedSince(before.services.byName())) {
            Service service = after.services.byName().get(name);
            for (ServicePort port : service == null ? List.<ServicePort>of() : service.ports()) {
                if (port.protocol() == Protocol.UDP) {
                    for (IpFamily family : IpFamily.values()) {
                        changed.add(
                                new VirtualServiceId(name, port.name(), port.protocol(), family));
                    }
                }
            }
        }
        return changed;
    }

    /** Whether there is nothing to look at. */
    boolean isEmpty() {
        return servers.isEmpty();
    }

    /** The families that there is something to look at in. */
    Set<IpFamily> families() {
        Set<IpFamily> families = new HashSet<>();
        servers.keySet().forEach(target -> families.add(target.family()));
        return families;
    }

    boolean isStale(Flow flow) {
        Peer to = flow.destination();
        Set<Peer> serving = servers.get(new Target(flow.family(), to.address(), to.port()));
        if (serving == null && isOnNode(flow)) {
            serving = servers.get(new Target(flow.family(), null, to.port()));
        }
        return serving != null && !serving.contains(flow.server());
    }

    /**
     * Whether a flow is to the node itself, so that its port can be a node port: one through it to
     * that port of another machine is none of ours. Loopback flows that were not translated are
     * those of a socket that serves the node port there.
     */
    private boolean isOnNode(Flow flow) {
        String address = flow.destination().address();
        if (nodeAddresses.contains(address)) {
            return true;
        }
        InetAddress parsed = AddressText.parse(address);
        if (parsed == null || !(parsed.isLoopbackAddress() || parsed.isLinkLocalAddress())) {
            return false;
        }
        return !flow.server().equals(flow.destination());
    }
}
