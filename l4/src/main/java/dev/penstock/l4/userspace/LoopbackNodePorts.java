package dev.penstock.l4.userspace;

import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.RulesException;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.l4.node.VirtualServiceId;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Protocol;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves TCP node ports on 127.0.0.1 and ::1 by sockets, for modes whose rules cannot (KEP-6032).
 * Connections come from this node, and so go to the destinations of the policy Cluster whatever the
 * Service's policy. One thread at a time.
 */
public final class LoopbackNodePorts implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LoopbackNodePorts.class);

    private final UserspaceSettings settings;
    private final Map<VirtualServiceId, Served> served = new HashMap<>();

    /** Why a virtual service's port cannot be had. */
    private final Map<VirtualServiceId, String> failures = new TreeMap<>();

    private NodePlan applied = NodePlan.EMPTY;
    private @Nullable SocketLoops loops;

    /** A node port that is served. */
    private static final class Served {

        private final int nodePort;
        private final ProxySocket socket;
        private final DestinationChoice choice;
        private final Affinity affinity;

        Served(int nodePort, ProxySocket socket, DestinationChoice choice, Affinity affinity) {
            this.nodePort = nodePort;
            this.socket = socket;
            this.choice = choice;
            this.affinity = affinity;
        }

        void update(VirtualService service) {
            affinity.update(service.affinity());
            choice.update(service.cluster(), service.algorithm());
        }
    }

    /** Listens nowhere yet. */
    public LoopbackNodePorts(UserspaceSettings settings) {
        this.settings = settings;
    }

    /**
     * Serves the node ports of a plan if it asks for that ({@code localhostNodePorts}), else none.
     * A port that somebody else listens on is said once, and tried again with every plan; the
     * others are served. Connections that are open live on.
     *
     * @return the virtual services whose port is not served, with the reason; empty for none
     */
    public Map<VirtualServiceId, String> apply(NodePlan plan) {
        NodePlan wanted = plan.node().localhostNodePorts() ? plan : NodePlan.EMPTY;
        Set<VirtualServiceId> changed = new TreeSet<>(wanted.changedSince(applied));
        changed.addAll(failures.keySet());
        for (VirtualServiceId id : changed) {
            closeUnless(id, wanted.services().get(id)); // first, as ports may change owners
        }
        for (VirtualServiceId id : changed) {
            VirtualService service = wanted.services().get(id);
            if (service != null && isServed(service)) {
                serve(service);
            }
        }
        applied = wanted;
        return Map.copyOf(failures);
    }

    private static boolean isServed(VirtualService service) {
        return service.id().protocol() == Protocol.TCP && service.nodePort() > 0;
    }

    private void closeUnless(VirtualServiceId id, @Nullable VirtualService service) {
        Served present = served.get(id);
        if (service == null || !isServed(service)) {
            failures.remove(id);
        }
        if (present != null
                && (service == null
                        || !isServed(service)
                        || service.nodePort() != present.nodePort)) {
            present.socket.close();
            served.remove(id);
        }
    }

    private void serve(VirtualService service) {
        Served present = served.get(service.id());
        try {
            if (present == null) {
                present = open(service);
                served.put(service.id(), present);
            }
            present.update(service);
            failures.remove(service.id());
        } catch (RulesException e) {
            String reason = String.valueOf(e.getMessage());
            if (!reason.equals(failures.put(service.id(), reason))) {
                log.warn("{}: its node port is not served on loopback: {}", service.id(), reason);
            }
        }
    }

    private Served open(VirtualService service) throws RulesException {
        String loopback = service.id().family() == IpFamily.IPV4 ? "127.0.0.1" : "::1";
        Affinity affinity = new Affinity(settings.affinityClientsMax());
        DestinationChoice choice = new DestinationChoice(affinity::table);
        ProxySocket socket =
                ProxySocket.open(
                        Protocol.TCP,
                        new InetSocketAddress(InetAddress.ofLiteral(loopback), service.nodePort()),
                        choice,
                        loops(),
                        settings);
        socket.awaitOpen();
        return new Served(service.nodePort(), socket, choice, affinity);
    }

    private SocketLoops loops() {
        SocketLoops present = loops;
        if (present == null) {
            present = SocketLoops.of(settings);
            loops = present;
        }
        return present;
    }

    /** Ends all connections. */
    @Override
    public void close() {
        served.values().forEach(each -> each.socket.close());
        served.clear();
        failures.clear();
        applied = NodePlan.EMPTY;
        SocketLoops present = loops;
        loops = null;
        if (present != null) {
            present.close();
        }
    }
}
