package dev.penstock.app.serve;

import static java.util.Objects.requireNonNull;

import dev.penstock.app.admin.AdminServer;
import dev.penstock.app.admin.ConfigPage;
import dev.penstock.app.admin.ExplainPage;
import dev.penstock.app.admin.MetricsPage;
import dev.penstock.app.admin.TrafficPage;
import dev.penstock.app.exit.ExitException;
import dev.penstock.app.log.ProblemLog;
import dev.penstock.app.log.ProblemLog.Source;
import dev.penstock.app.metrics.CertificateDates;
import dev.penstock.app.metrics.ControlMetrics;
import dev.penstock.app.node.NodeProxySettings;
import dev.penstock.app.node.NodeSide;
import dev.penstock.app.node.NodeSideSettings;
import dev.penstock.app.source.Applier;
import dev.penstock.app.source.Sources;
import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.ObjectSource;
import dev.penstock.controller.state.SourceUnavailableException;
import dev.penstock.controller.translate.Translation;
import dev.penstock.controller.translate.Translator;
import dev.penstock.l4.L4Settings;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.config.Configuration;
import dev.penstock.proxy.listener.BindException;
import dev.penstock.proxy.listener.BoundListener;
import dev.penstock.proxy.runtime.ProxyServer;
import dev.penstock.proxy.trace.Tracing;
import dev.penstock.proxy.transport.TransportUnavailableException;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole program at work: a source of objects, the translator, the proxy and the admin port.
 * Started once, stopped once.
 */
public final class Server implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Server.class);

    private final ServeSettings settings;
    private final Lifecycle lifecycle = new Lifecycle();
    private final ProblemLog problems = new ProblemLog();
    private final Translator translator;
    private final @Nullable ClusterLink cluster;
    private final @Nullable NodeSide node;
    private final ObjectSource source;
    private final ProxyServer proxy;
    private final ControlMetrics metrics;
    private final AdminServer admin;
    private final Applier applier;
    private final CountDownLatch firstApplied = new CountDownLatch(1);

    // Owned by the applier's thread.
    private Configuration applied = Configuration.EMPTY;

    private Server(ServeSettings settings)
            throws SourceUnavailableException, TransportUnavailableException {
        this.settings = settings;
        this.translator = new Translator(settings.translator());
        this.applier = new Applier(this::apply);
        Path manifests = settings.source().manifests();
        this.cluster =
                manifests != null
                        ? null
                        : ClusterLink.open(
                                settings.source(),
                                settings.translator(),
                                settings.cluster(),
                                settings.version());
        this.source =
                manifests != null
                        ? Sources.directory(manifests, settings.source().watch())
                        : requireNonNull(cluster).source();
        PrometheusRegistry registry = new PrometheusRegistry();
        // Before all else: whether it is possible depends on the machine.
        this.node = node(settings.node(), registry);
        // It reads on a thread of its own while the rest is made.
        source.start(applier);
        this.proxy = proxy(settings);
        registry.register(proxy.metrics());
        registry.register(proxy.accessLog());
        Tracing tracing = proxy.tracing();
        if (tracing != null) {
            registry.register(tracing);
        }
        CertificateDates certificates = new CertificateDates();
        this.metrics =
                new ControlMetrics(registry, settings.version(), certificates, problems::all);
        this.admin = admin(settings, registry, certificates);
        applier.start();
        if (cluster != null) {
            metrics.leader(cluster::isLeader);
            cluster.startWriting();
        }
    }

    /**
     * Starts everything but the listeners, which open once there is something to serve.
     *
     * @throws ExitException if it cannot start
     */
    public static Server start(ServeSettings settings) {
        try {
            return new Server(settings);
        } catch (SourceUnavailableException | TransportUnavailableException e) {
            throw ExitException.failed(String.valueOf(e.getMessage()), e);
        }
    }

    private @Nullable NodeSide node(@Nullable NodeSideSettings side, PrometheusRegistry registry) {
        return side == null
                ? null
                : NodeSide.start(
                        side, problems, registry, cluster == null ? null : cluster.connection());
    }

    private static ProxyServer proxy(ServeSettings settings) throws TransportUnavailableException {
        try {
            return new ProxyServer(settings.proxy());
        } catch (IOException e) {
            throw ExitException.failed("cannot open the access log: " + reason(e), e);
        }
    }

    private AdminServer admin(
            ServeSettings settings, PrometheusRegistry registry, CertificateDates certificates) {
        try {
            return AdminServer.start(
                    settings.admin(),
                    AdminPages.of(
                            new ConfigPage(proxy, certificates, problems::all),
                            new ExplainPage(proxy, nodeServices(settings)),
                            new MetricsPage(registry),
                            new TrafficPage(proxy.metrics()),
                            lifecycle));
        } catch (IOException e) {
            source.close();
            if (node != null) {
                node.close();
            }
            proxy.shutdown(Duration.ZERO, Duration.ZERO).join();
            throw ExitException.failed(
                    "cannot listen at %s: %s; choose another port with --admin-port"
                            .formatted(AddressText.authority(settings.admin()), reason(e)),
                    e);
        }
    }

    private static String reason(IOException e) {
        // The message of a missing file is its name alone.
        return e instanceof FileSystemException
                ? e.getClass().getSimpleName().replace("Exception", "") + ": " + e.getMessage()
                : String.valueOf(e.getMessage());
    }

    private static @Nullable L4Settings nodeServices(ServeSettings settings) {
        NodeSideSettings side = settings.node();
        NodeProxySettings rules = side == null ? null : side.proxy();
        return rules == null ? null : rules.services();
    }

    /** Whether the rules of the node, where it makes any, are complete within a time. */
    public boolean awaitRules(long millis) throws InterruptedException {
        return node == null || node.awaitRules(millis);
    }

    /** Whether the first configuration has been taken over within a time. */
    public boolean awaitConfiguration(long millis) throws InterruptedException {
        return firstApplied.await(millis, TimeUnit.MILLISECONDS);
    }

    /**
     * Opens the listeners.
     *
     * @throws ExitException if one cannot be opened
     */
    public void listen() {
        try {
            proxy.start();
        } catch (BindException e) {
            throw ExitException.failed(String.valueOf(e.getMessage()), e);
        }
        lifecycle.ready();
    }

    /** Where and how traffic is served, in one line. */
    public String summary() {
        String listeners =
                proxy.listeners().stream()
                        .map(listener ->
                                listener.name() + " " + AddressText.authority(listener.address()))
                        .collect(Collectors.joining(", "));
        int routes =
                proxy.config().configuration().http().hosts().values().stream()
                        .mapToInt(host -> host.routes().size())
                        .sum();
        String onNode = node == null ? "" : node.summary();
        return "%s%s, admin %s (%s, %s, %s, %s)"
                .formatted(
                        listeners,
                        onNode.isEmpty() ? "" : ", " + onNode,
                        AddressText.authority(admin.address()),
                        proxy.transport().text(),
                        proxy.tlsProvider(),
                        count(proxy.eventLoops(), "event loop"),
                        count(routes, "route"));
    }

    /** The port of a listener by its name, as it was found where any would do. */
    public int port(String listener) {
        return proxy.listeners().stream()
                .filter(bound -> bound.name().equals(listener))
                .map(BoundListener::address)
                .mapToInt(InetSocketAddress::getPort)
                .findFirst()
                .orElseThrow();
    }

    /** Where the admin port listens. */
    public InetSocketAddress adminAddress() {
        return admin.address();
    }

    /** Opens the access log anew, after somebody moved its file away. */
    public void reopenAccessLog() {
        proxy.accessLog().reopen();
    }

    /** Stops without dropping anything that was accepted; returns when all is closed. */
    @Override
    public void close() {
        boolean served = lifecycle.draining();
        if (cluster != null) {
            cluster.stopWriting();
        }
        if (node != null) {
            node.leave();
        }
        // Endpoints come and go while connections drain: changes are applied to the end.
        proxy.shutdown(
                        served ? settings.shutdownDelay() : Duration.ZERO,
                        served ? settings.shutdownGrace() : Duration.ZERO)
                .join();
        proxy.accessLog().close();
        Tracing tracing = proxy.tracing();
        if (tracing != null) {
            tracing.close();
        }
        source.close();
        applier.close();
        if (node != null) {
            node.close();
        }
        if (cluster != null) {
            cluster.close();
        }
        admin.close();
    }

    private void apply(ClusterState state, long seenNanos) {
        ClusterState served = node == null ? state : node.assign(state);
        Translation translation = translator.translate(served, Instant.now());
        Configuration configuration = translation.configuration();
        if (firstApplied.getCount() > 0 || differs(configuration)) {
            long generation = proxy.apply(configuration).generation();
            applied = configuration;
            metrics.applied(configuration, generation, System.nanoTime() - seenNanos);
            log.debug("Generation {} is served", generation);
        }
        problems.update(Source.OBJECTS, configuration.problems());
        if (node != null) {
            // Events of its objects are the leader's.
            node.update(served, configuration.services(), List.of(), seenNanos);
        }
        if (cluster != null) {
            cluster.update(state, translation);
        }
        firstApplied.countDown();
    }

    @SuppressWarnings("ReferenceEquality") // what did not change is the same instance
    private boolean differs(Configuration configuration) {
        return configuration.http() != applied.http()
                || configuration.tls() != applied.tls()
                || configuration.services() != applied.services()
                || !configuration.problems().equals(applied.problems());
    }

    private static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
