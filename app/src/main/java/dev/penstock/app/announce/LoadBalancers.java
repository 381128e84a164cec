package dev.penstock.app.announce;

import static java.util.Objects.requireNonNull;

import dev.penstock.controller.event.EventWriter;
import dev.penstock.controller.kubernetes.ClusterConnection;
import dev.penstock.controller.leader.LeaderSettings;
import dev.penstock.controller.leader.Leadership;
import dev.penstock.controller.member.Membership;
import dev.penstock.controller.pool.PoolPlan;
import dev.penstock.controller.pool.PoolView;
import dev.penstock.controller.pool.PoolWriter;
import dev.penstock.controller.state.ClusterState;
import dev.penstock.l4.announce.Announcer;
import dev.penstock.l4.announce.Election;
import dev.penstock.model.Problem;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.Services;
import dev.penstock.model.service.TrafficPolicy;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Gives load balancer addresses to Services and announces from this node those that fall to it. In
 * a cluster an elected instance writes them to the Services' status, and each address is announced
 * by one of the nodes that are alive; without one, both is up to this program alone.
 */
public final class LoadBalancers implements AutoCloseable {

    /** The Lease by which the instance that gives addresses is elected. */
    private static final String LEASE = "penstock-load-balancer";

    private static final String NAMESPACE_WITHOUT_ANY = "default";

    private final LoadBalancerSettings settings;
    private final String node;
    private final PoolView view;
    private final Announcer announcer;
    private final @Nullable InCluster cluster;

    private PoolPlan plan = PoolPlan.EMPTY;

    // Guarded by this.
    private Services services = Services.EMPTY;
    private Set<ServiceName> named = Set.of();
    private Set<String> live = Set.of();
    private boolean closed;

    /** What takes part in the cluster's affairs. */
    private record InCluster(
            Leadership leadership, PoolWriter writer, EventWriter events, Membership membership) {

        void start() {
            writer.start();
            events.start();
            membership.start();
            leadership.start();
        }

        void close() {
            membership.close();
            events.close();
            writer.close();
            leadership.close();
        }
    }

    private LoadBalancers(
            LoadBalancerSettings settings, String node, @Nullable ClusterConnection connection) {
        this.settings = settings;
        this.node = node;
        this.view = new PoolView(settings.pool());
        this.announcer = new Announcer(settings.linkName());
        this.cluster = connection == null ? null : inCluster(connection);
        if (cluster == null) {
            live = Set.of(node);
        }
    }

    private InCluster inCluster(ClusterConnection connection) {
        String own = connection.namespace();
        String namespace = own != null ? own : NAMESPACE_WITHOUT_ANY;
        Leadership leadership =
                new Leadership(
                        connection,
                        LeaderSettings.withDefaultTimings(
                                namespace, LEASE, LeaderSettings.newIdentity()));
        return new InCluster(
                leadership,
                new PoolWriter(connection, leadership),
                new EventWriter(connection, leadership),
                new Membership(connection, namespace, node, this::membersChanged));
    }

    /**
     * Starts; nothing is given or announced before there are Services.
     *
     * @param node this node's name
     * @param connection the cluster, which stays open when this is closed; null for none
     */
    public static LoadBalancers start(
            LoadBalancerSettings settings, String node, @Nullable ClusterConnection connection) {
        LoadBalancers started = new LoadBalancers(settings, node, connection);
        if (started.cluster != null) {
            started.cluster.start();
        }
        return started;
    }

    /**
     * Gives addresses to the Services of a state.
     *
     * @return the state to go on with: in a cluster the same, as addresses come back by the status
     *     of Services; without one with the addresses put in
     */
    public ClusterState assign(ClusterState state) {
        plan = view.update(state);
        if (cluster == null) {
            return view.fill(state);
        }
        cluster.writer().update(state, plan);
        cluster.events().update(state, plan.problems());
        return state;
    }

    /** Why Services have no address, or not the one they ask for. */
    public List<Problem> problems() {
        return plan.problems();
    }

    /** Announces what falls to this node of the addresses of Services that its rules serve. */
    public synchronized void announce(Services served) {
        services = requireNonNull(served, "served");
        named = plan.addresses().keySet();
        announce();
    }

    private synchronized void membersChanged(Set<String> nodes) {
        live = nodes;
        announce();
    }

    private void announce() {
        if (closed) {
            return;
        }
        Set<String> ours = new TreeSet<>();
        for (ServiceName name : named) {
            Service service = services.byName().get(name);
            if (service == null) {
                continue;
            }
            Collection<String> candidates = candidates(service);
            for (String address : service.nodeTraffic().loadBalancerIps()) {
                if (settings.pool().pool().contains(address)
                        && node.equals(Election.winner(address, candidates))) {
                    ours.add(address);
                }
            }
        }
        announcer.update(ours);
    }

    /**
     * The nodes that may announce a Service. One that keeps clients' addresses takes connections
     * only where it has endpoints.
     */
    private Collection<String> candidates(Service service) {
        if (service.nodeTraffic().externalTrafficPolicy() != TrafficPolicy.LOCAL) {
            return live;
        }
        Set<String> local = new HashSet<>();
        for (List<Endpoint> endpoints : service.endpoints().values()) {
            for (Endpoint endpoint : endpoints) {
                String at = endpoint.nodeName();
                if (at != null && endpoint.serving() && live.contains(at)) {
                    local.add(at);
                }
            }
        }
        return local.isEmpty() ? live : local;
    }

    /** Announces no more, and lets others take over at once. May be called again. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        if (cluster != null) {
            cluster.close();
        }
        announcer.close();
    }
}
