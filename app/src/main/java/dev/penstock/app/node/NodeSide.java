package dev.penstock.app.node;

import dev.penstock.app.announce.LoadBalancerSettings;
import dev.penstock.app.announce.LoadBalancers;
import dev.penstock.app.exit.ExitException;
import dev.penstock.app.log.ProblemLog;
import dev.penstock.app.log.ProblemLog.Source;
import dev.penstock.controller.event.EventWriter;
import dev.penstock.controller.kubernetes.ClusterConnection;
import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.NodeObject;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.Problem;
import dev.penstock.model.ProblemReason;
import dev.penstock.model.service.Services;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a program does on its node: rules for Services, load balancer addresses, and in a cluster
 * Events of what is wrong with the Services. States come from one thread, the applier.
 */
public final class NodeSide implements AutoCloseable {

    private final NodeSideSettings settings;
    private final ProblemLog log;
    private final @Nullable NodeProxy proxy;
    private final @Nullable LoadBalancers balancers;
    private final @Nullable EventWriter events;

    // Owned by the applier's thread.
    private @Nullable Services offered;

    // Guarded by this.
    private ClusterState state = ClusterState.EMPTY;
    private List<Problem> ofObjects = List.of();
    private List<Problem> ofRules = List.of();
    private @Nullable String failure;

    private NodeSide(
            NodeSideSettings settings,
            ProblemLog log,
            PrometheusRegistry registry,
            @Nullable ClusterConnection connection) {
        this.settings = settings;
        this.log = log;
        NodeProxySettings rules = settings.proxy();
        this.events =
                connection == null || rules == null
                        ? null
                        : EventWriter.ofNode(connection, settings.nodeName());
        this.proxy = rules == null ? null : NodeProxy.start(rules, registry, this::synced);
        LoadBalancerSettings pool = settings.balancers();
        this.balancers =
                pool == null ? null : LoadBalancers.start(pool, settings.nodeName(), connection);
        if (events != null) {
            events.start();
        }
    }

    /**
     * Starts; nothing is done before there are Services.
     *
     * @param log gets the problems of the address pool and of the rules
     * @param registry gets the metrics
     * @param connection the cluster, which stays open when this is closed; null for none
     * @throws ExitException if the mode is not possible here, a kube-proxy is in the way, or the
     *     health port is taken
     */
    public static NodeSide start(
            NodeSideSettings settings,
            ProblemLog log,
            PrometheusRegistry registry,
            @Nullable ClusterConnection connection) {
        return new NodeSide(settings, log, registry, connection);
    }

    /** A state with the load balancer addresses that are given here. */
    public ClusterState assign(ClusterState given) {
        return balancers == null ? given : balancers.assign(given);
    }

    /**
     * Serves the Services of a state.
     *
     * @param served the state as {@link #assign} gave it
     * @param services its Services
     * @param problems what is wrong with its objects, for Events
     * @param seenNanos the {@link System#nanoTime()} at which the oldest change was noticed
     */
    @SuppressWarnings("ReferenceEquality") // what did not change is the same instance
    public void update(
            ClusterState served, Services services, List<Problem> problems, long seenNanos) {
        if (proxy != null) {
            NodeObject self = served.nodes().get(settings.nodeName());
            proxy.nodeEligible(self == null || !self.isLeaving());
            if (services != offered) {
                offered = services;
                proxy.offer(services, seenNanos);
            }
        }
        if (balancers != null) {
            balancers.announce(services);
            log.update(Source.ADDRESS_POOL, balancers.problems());
        }
        synchronized (this) {
            state = served;
            ofObjects = problems;
            writeEvents();
        }
    }

    /** By the thread that makes the rules. */
    private void synced(List<Problem> problems, @Nullable String newFailure) {
        log.update(Source.NODE_RULES, problems);
        synchronized (this) {
            ofRules = problems;
            failure = newFailure;
            writeEvents();
        }
    }

    private synchronized void writeEvents() {
        if (events == null) {
            return;
        }
        List<Problem> all = new ArrayList<>(ofObjects);
        all.addAll(ofRules);
        if (failure != null) {
            // The log has it already, also where there is no Node to show it on.
            all.add(
                    new Problem(
                            new ObjectRef(NodeObject.KIND, "", settings.nodeName()),
                            "",
                            ProblemReason.RulesNotApplied,
                            failure,
                            "the last good rules stay; it is tried again",
                            null));
        }
        events.update(state, all);
    }

    /** Whether rules for the first Services are complete within a time, or none are made. */
    public boolean awaitRules(long millis) throws InterruptedException {
        return proxy == null || proxy.awaitRules(millis);
    }

    /** For the line that says it is ready; empty where nothing is served. */
    public String summary() {
        return proxy == null ? "" : proxy.summary();
    }

    /** Lets other nodes take over the load balancer addresses, at once; the rules go on. */
    public void leave() {
        if (balancers != null) {
            balancers.close();
        }
    }

    /** Stops. Rules in the kernel stay. */
    @Override
    public void close() {
        if (events != null) {
            events.close();
        }
        leave();
        if (proxy != null) {
            proxy.close();
        }
    }
}
