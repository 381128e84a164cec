package dev.penstock.app.node;

import static java.util.Objects.requireNonNull;

import dev.penstock.app.admin.AdminServer;
import dev.penstock.app.admin.LoggersPage;
import dev.penstock.app.admin.MetricsPage;
import dev.penstock.app.exit.ExitCode;
import dev.penstock.app.exit.ExitException;
import dev.penstock.app.exit.StopSignals;
import dev.penstock.app.log.ProblemLog;
import dev.penstock.app.log.ProblemLog.Source;
import dev.penstock.app.source.Applier;
import dev.penstock.app.source.SourceSettings;
import dev.penstock.app.source.Sources;
import dev.penstock.controller.kubernetes.ClusterConnection;
import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.ObjectSource;
import dev.penstock.controller.state.SourceUnavailableException;
import dev.penstock.controller.translate.ServiceView;
import dev.penstock.l4.node.RulesException;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.service.Services;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The L4 module alone: what {@code penstock node} runs. */
public final class Node implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Node.class);

    private static final long SIGNAL_POLL_MILLIS = 200;

    private final ServiceView services;
    private final ProblemLog problems = new ProblemLog();
    private final @Nullable ClusterConnection connection;
    private final ObjectSource source;
    private final NodeSide side;
    private final AdminServer metrics;
    private final Applier applier;

    private Node(NodeSettings settings) throws SourceUnavailableException {
        SourceSettings from = settings.source();
        Path manifests = from.manifests();
        String nodeName = settings.side().nodeName();
        PrometheusRegistry registry = new PrometheusRegistry();
        this.connection = manifests == null ? Sources.connect(from, settings.version()) : null;
        this.applier = new Applier(this::apply);
        this.services = new ServiceView(nodeName);
        this.source =
                connection == null
                        ? Sources.directory(requireNonNull(manifests), from.watch())
                        : Sources.services(connection, from, nodeName);
        // It reads while the mode is chosen: of many Services that takes longest.
        source.start(applier);
        try {
            this.side = NodeSide.start(settings.side(), problems, registry, connection);
            this.metrics = metrics(settings.metrics(), registry);
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
        applier.start();
    }

    /**
     * Serves a node until a signal ends it.
     *
     * @param out gets the line that says it is ready
     * @return the exit code
     */
    public static int run(NodeSettings settings, PrintWriter out) throws InterruptedException {
        StopSignals signals = StopSignals.install(() -> {});
        try (Node node = new Node(settings)) {
            while (!node.side.awaitRules(SIGNAL_POLL_MILLIS)) {
                if (signals.isAsked()) {
                    return ExitCode.OK;
                }
            }
            out.println("penstock is ready: " + node.summary());
            signals.await();
            log.info("Stopping");
        } catch (SourceUnavailableException e) {
            throw ExitException.failed(String.valueOf(e.getMessage()), e);
        }
        return ExitCode.OK;
    }

    /**
     * Removes everything that any mode made on this machine.
     *
     * @param out gets a line that says what was removed
     * @throws ExitException if something could not be removed
     */
    public static int cleanup(ModeSettings settings, PrintWriter out) {
        try {
            List<String> removed = Modes.remove(settings, "");
            out.println(
                    removed.isEmpty()
                            ? "nothing to remove"
                            : "removed what mode " + String.join(" and ", removed) + " made");
            return ExitCode.OK;
        } catch (RulesException e) {
            throw ExitException.failed("cannot remove everything: " + e.getMessage(), e);
        }
    }

    private static AdminServer metrics(InetSocketAddress address, PrometheusRegistry registry) {
        try {
            return AdminServer.start(
                    address,
                    Map.of("/metrics", new MetricsPage(registry), "/loggers", new LoggersPage()));
        } catch (IOException e) {
            throw ExitException.failed(
                    "cannot listen at %s: %s; choose another address with --metrics-address"
                            .formatted(AddressText.authority(address), e.getMessage()),
                    e);
        }
    }

    private String summary() {
        InetSocketAddress at = metrics.address();
        return side.summary() + ", metrics " + AddressText.authority(at);
    }

    private void apply(ClusterState state, long seenNanos) {
        ClusterState served = side.assign(state);
        Services now = services.update(served);
        problems.update(Source.OBJECTS, services.problems());
        side.update(served, now, services.problems(), seenNanos);
    }

    @Override
    public void close() {
        source.close();
        applier.close();
        side.close();
        metrics.close();
        if (connection != null) {
            connection.close();
        }
    }
}
