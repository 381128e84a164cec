package dev.penstock.app.node;

import dev.penstock.app.admin.AdminServer;
import dev.penstock.app.exit.ExitException;
import dev.penstock.l4.conntrack.StaleFlows;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.NodePlanner;
import dev.penstock.l4.node.RuleMode;
import dev.penstock.l4.node.RulesException;
import dev.penstock.l4.sync.Sync;
import dev.penstock.l4.sync.SyncListener;
import dev.penstock.l4.sync.SyncLoop;
import dev.penstock.l4.userspace.LoopbackNodePorts;
import dev.penstock.model.Problem;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.service.Services;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rules for Services on this node, kept up to date; made by one mode. */
final class NodeProxy implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(NodeProxy.class);

    private final NodeProxySettings settings;
    private final RuleMode mode;
    private final NodePlanner planner;
    private final @Nullable LoopbackNodePorts loopback;
    private final NodeMetrics metrics;
    private final SyncLoop loop;
    private final @Nullable StaleFlows staleFlows;
    private final HealthCheckPorts checkPorts;
    private final @Nullable AdminServer health;
    private final CountDownLatch firstApplied = new CountDownLatch(1);
    private final NodeProxyListener listener;
    private volatile boolean nodeEligible = true;

    private NodeProxy(
            NodeProxySettings settings,
            RuleMode mode,
            PrometheusRegistry registry,
            NodeProxyListener listener) {
        this.listener = listener;
        this.settings = settings;
        this.mode = mode;
        this.planner = new NodePlanner(settings.services(), mode.algorithms());
        Boolean asked = settings.mode().localhostNodePorts();
        boolean localhost = asked == null ? Modes.hasLocalhostNodePorts(mode) : asked;
        this.loopback =
                localhost && !Modes.hasLocalhostNodePorts(mode)
                        ? new LoopbackNodePorts(settings.mode().userspace())
                        : null;
        this.loop =
                new SyncLoop(
                        mode,
                        planner,
                        () -> settings.facts().read(localhost),
                        settings.sync(),
                        new Listener());
        this.metrics = new NodeMetrics(registry, mode.name(), loop::state);
        this.staleFlows = Modes.makesRules(mode, settings.mode()) ? staleFlows(mode) : null;
        HealthPage live = new HealthPage(loop::state, settings.sync().period(), null);
        this.checkPorts = new HealthCheckPorts(settings.services().nodeName(), live::isHealthy);
        this.health = health(live);
    }

    /**
     * Chooses the mode and starts; nothing is done before Services are {@link #offer}ed.
     *
     * @param registry gets the metrics
     * @throws ExitException if the mode is not possible here, a kube-proxy is in the way, or the
     *     health port is taken
     */
    static NodeProxy start(
            NodeProxySettings settings, PrometheusRegistry registry, NodeProxyListener listener) {
        RuleMode mode = Modes.choose(settings.mode());
        List<String> traces =
                Modes.makesRules(mode, settings.mode()) ? KubeProxyTraces.find() : List.of();
        if (!traces.isEmpty() && !settings.isBesideKubeProxy()) {
            throw ExitException.failed(
                    "a kube-proxy serves this node, or did not clean up: there is "
                            + String.join(" and ", traces)
                            + "; remove it with 'kube-proxy --cleanup', or give"
                            + " --allow-beside-kube-proxy",
                    null);
        }
        NodeProxy proxy = new NodeProxy(settings, mode, registry, listener);
        proxy.loop.start();
        return proxy;
    }

    private static StaleFlows staleFlows(RuleMode mode) {
        return Modes.translatesInKernel(mode) ? StaleFlows.toEndpoints() : StaleFlows.toSockets();
    }

    private @Nullable AdminServer health(HealthPage live) {
        InetSocketAddress address = settings.healthz();
        if (address == null) {
            return null;
        }
        try {
            HealthPage ready =
                    new HealthPage(loop::state, settings.sync().period(), () -> nodeEligible);
            return AdminServer.start(address, Map.of("/healthz", ready, "/livez", live));
        } catch (IOException e) {
            throw ExitException.failed(
                    "cannot listen at %s: %s; choose another address with --healthz-address"
                            .formatted(AddressText.authority(address), e.getMessage()),
                    e);
        }
    }

    /**
     * Hands over all Services there are; returns at once.
     *
     * @param seenNanos the {@link System#nanoTime()} at which the oldest change was noticed
     */
    public void offer(Services services, long seenNanos) {
        loop.offer(services, seenNanos);
    }

    /** Says whether this node may get new connections, or is about to go; for {@code /healthz}. */
    public void nodeEligible(boolean eligible) {
        if (nodeEligible != eligible) {
            log.info("This node {}", eligible ? "stays" : "is about to go: /healthz fails");
            nodeEligible = eligible;
        }
    }

    /** Whether rules for the first Services are complete within a time. */
    public boolean awaitRules(long millis) throws InterruptedException {
        return firstApplied.await(millis, TimeUnit.MILLISECONDS);
    }

    /** For the line that says it is ready. */
    public String summary() {
        String at = health == null ? "" : ", health " + AddressText.authority(health.address());
        return "node mode " + mode.name() + at;
    }

    /** Stops following changes. Rules in the kernel stay; sockets of our own go. */
    @Override
    public void close() {
        loop.close();
        checkPorts.close();
        if (staleFlows != null) {
            staleFlows.close();
        }
        if (loopback != null) {
            loopback.close();
        }
        if (health != null) {
            health.close();
        }
    }

    /** Removes what other modes made, once this one's rules are complete. */
    private void removeOthers() {
        try {
            List<String> removed = Modes.remove(settings.mode(), mode.name());
            if (!removed.isEmpty()) {
                log.info("Removed what mode {} had left", String.join(" and ", removed));
            }
        } catch (RulesException e) {
            log.warn(
                    "What another mode left could not be removed: {}; run 'penstock node --cleanup'"
                            + " when this one is stopped",
                    e.getMessage());
        }
    }

    /** On the sync loop's thread. */
    private final class Listener implements SyncListener {

        @Override
        public void applied(Sync sync) {
            follow(sync.services(), sync.plan().node(), null);
            if (staleFlows != null) {
                metrics.staleFlowsDeleted(staleFlows.clean(sync.services(), sync.plan()));
            }
            if (loopback != null) {
                loopback.apply(sync.plan());
            }
            metrics.rules(mode.size());
            metrics.applied(sync);
            if (firstApplied.getCount() > 0) {
                if (Modes.makesRules(mode, settings.mode())) {
                    removeOthers();
                }
                firstApplied.countDown();
            }
        }

        /** What goes by the Services alone: it is so whether or not rules could be made. */
        private void follow(Services services, NodeFacts node, @Nullable String failure) {
            checkPorts.update(services, node);
            listener.synced(problems(), failure);
        }

        private List<Problem> problems() {
            if (checkPorts.problems().isEmpty()) {
                return planner.problems();
            }
            List<Problem> all = new ArrayList<>(planner.problems());
            all.addAll(checkPorts.problems());
            return all;
        }

        @Override
        public void failed(Services services, NodeFacts node, String reason, long nanos) {
            metrics.failed(services, node, reason, nanos);
            follow(services, node, "mode " + mode.name() + ": " + reason);
        }

        @Override
        public void repairing() {
            metrics.repairing();
        }
    }
}
