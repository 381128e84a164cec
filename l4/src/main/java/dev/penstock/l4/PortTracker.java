package dev.penstock.l4;

import dev.penstock.l4.dns.NameResolver;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServicePortRef;
import dev.penstock.model.service.SessionAffinity;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Keeps one {@link BackendPort} up to date. Guarded by its {@link ServiceTable}. */
final class PortTracker {

    private final BackendPort port;
    private final AddressRules rules;
    private final BiFunction<String, Consumer<List<InetAddress>>, NameResolver.Watch> dns;

    private L4Settings settings;
    private int references;
    private @Nullable Service seen;
    private PortPlan plan = new PortPlan(Availability.NO_SERVICE, null, 0, null, null);

    private @Nullable String watched;
    private NameResolver.@Nullable Watch watch;

    /** What DNS says; null before it has said anything. */
    private @Nullable List<InetAddress> resolved;

    /**
     * Tracks a port that does not exist yet.
     *
     * @param dns begins to watch a name; its listener is called with the table's lock held
     */
    PortTracker(
            ServicePortRef ref,
            L4Settings settings,
            AddressRules rules,
            BiFunction<String, Consumer<List<InetAddress>>, NameResolver.Watch> dns) {
        this.port = new BackendPort(ref);
        this.settings = settings;
        this.rules = rules;
        this.dns = dns;
    }

    BackendPort port() {
        return port;
    }

    @Nullable List<InetAddress> resolved() {
        return resolved;
    }

    void retain() {
        references++;
    }

    /** Whether that was the last reference. */
    boolean release() {
        return --references == 0;
    }

    /** Takes over the Service as it is now; does nothing if both are the same instances. */
    @SuppressWarnings("ReferenceEquality") // identity is the contract: unchanged, same instance
    void update(@Nullable Service service, L4Settings newSettings) {
        if (service == seen && newSettings == settings) {
            return;
        }
        seen = service;
        settings = newSettings;
        plan = PortPlan.of(service, port.ref(), settings, rules);
        watch(plan.nameToResolve());
        updateAffinity(service == null ? null : service.affinity());
        publish();
    }

    private void watch(@Nullable String name) {
        if (name != null && name.equals(watched)) {
            return;
        }
        close();
        watched = name;
        if (name != null) {
            watch = dns.apply(name, addresses -> resolved(name, addresses));
        }
    }

    private void resolved(String name, List<InetAddress> addresses) {
        // A watch that was closed may be in its last call.
        if (name.equals(watched)) {
            resolved = addresses;
            publish();
        }
    }

    /** Ends the watch of a name. */
    void close() {
        if (watch != null) {
            watch.close();
        }
        watch = null;
        watched = null;
        resolved = null;
    }

    private void updateAffinity(@Nullable SessionAffinity affinity) {
        AffinityTable table = port.affinity();
        if (affinity == null) {
            port.affinity(null);
        } else if (table == null) {
            port.affinity(new AffinityTable(affinity.timeout(), settings.affinityClientsMax()));
        } else {
            table.timeout(affinity.timeout());
        }
    }

    private void publish() {
        EndpointSet former = port.endpoints();
        EndpointSet next = endpoints(former);
        if (next.availability() != former.availability()
                || !next.asList().equals(former.asList())
                || plan.externalName() != null) {
            port.endpoints(next);
        }
        port.serviceUpstream(plan.externalName() == null ? clusterIp() : port.endpoints());
    }

    private EndpointSet endpoints(EndpointSet former) {
        if (plan.availability() != Availability.AVAILABLE) {
            return EndpointSet.unavailable(plan.availability());
        }
        Map<LiveEndpoint, LiveEndpoint> known = new HashMap<>();
        former.asList().forEach(endpoint -> known.put(endpoint, endpoint));
        EndpointChoice choice = plan.choice();
        List<LiveEndpoint> live = new ArrayList<>();
        if (choice != null) {
            for (Endpoint endpoint : choice.used()) {
                add(live, InetAddress.ofLiteral(endpoint.address()), endpoint.port(), known);
            }
            return EndpointSet.of(live, null);
        }
        List<InetAddress> literal = plan.literalAddresses();
        List<InetAddress> addresses = literal == null ? resolved : literal;
        if (addresses == null || addresses.isEmpty()) {
            return EndpointSet.unavailable(Availability.UNRESOLVED);
        }
        for (InetAddress address : addresses) {
            if (rules.refusal(address) == null) {
                add(live, address, plan.port(), known);
            }
        }
        return live.isEmpty()
                ? EndpointSet.unavailable(Availability.FORBIDDEN)
                : EndpointSet.of(live, plan.externalName());
    }

    /** Adds an endpoint, the instance of the former set where it was in it. */
    private static void add(
            List<LiveEndpoint> live,
            InetAddress address,
            int port,
            Map<LiveEndpoint, LiveEndpoint> known) {
        LiveEndpoint endpoint = new LiveEndpoint(address, port);
        live.add(known.getOrDefault(endpoint, endpoint));
    }

    private EndpointSet clusterIp() {
        Service service = plan.service();
        if (service == null || plan.port() == 0) {
            return EndpointSet.unavailable(plan.availability());
        }
        if (service.clusterIps().isEmpty()) {
            return EndpointSet.unavailable(Availability.NO_CLUSTER_IP);
        }
        InetAddress address = AddressRules.parse(service.clusterIps().getFirst());
        if (address == null || rules.refusal(address) != null) {
            return EndpointSet.unavailable(Availability.FORBIDDEN);
        }
        LiveEndpoint endpoint = new LiveEndpoint(address, plan.port());
        EndpointSet former = port.serviceUpstream();
        return former.contains(endpoint) ? former : EndpointSet.of(List.of(endpoint), null);
    }
}
