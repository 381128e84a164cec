package dev.penstock.controller.member;

import static java.util.Objects.requireNonNull;

import dev.penstock.controller.kubernetes.ClusterConnection;
import dev.penstock.controller.kubernetes.Failures;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that this node is alive for as long as it is open, and knows which others are. A node that
 * is closed gives its Lease back, so that others need not wait for it to run out.
 */
public final class Membership implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Membership.class);

    /** The label of the Leases; its value is the node's name. */
    public static final String LABEL = "penstock.dev/announcer";

    private static final int NOT_FOUND = 404;

    private static final String PREFIX = "penstock-announcer-";

    private static final Duration RENEW_PERIOD = Duration.ofSeconds(1);
    private static final Duration LOST_AFTER = Duration.ofMillis(3_500);
    private static final Duration CHECK_PERIOD = Duration.ofMillis(250);

    private final ClusterConnection connection;
    private final String namespace;
    private final String node;
    private final Consumer<Set<String>> listener;
    private final ScheduledExecutorService renewer = executor("penstock-member-renew");
    private final ScheduledExecutorService observer = executor("penstock-member");

    // Owned by the observer's thread.
    private final MemberTable table;
    private Set<String> told = Set.of();

    private @Nullable SharedIndexInformer<Lease> informer;

    // Owned by the renewer's thread.
    private String lastFailure = "";

    /**
     * @param connection the API server; stays open when this is closed
     * @param namespace of the Leases
     * @param node the name of this node
     * @param listener gets the nodes that are alive, this one among them, at each change
     */
    public Membership(
            ClusterConnection connection,
            String namespace,
            String node,
            Consumer<Set<String>> listener) {
        this.connection = requireNonNull(connection, "connection");
        this.namespace = requireNonNull(namespace, "namespace");
        this.node = requireNonNull(node, "node");
        this.listener = requireNonNull(listener, "listener");
        this.table = new MemberTable(node, LOST_AFTER);
    }

    private static ScheduledExecutorService executor(String name) {
        return Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name(name).factory());
    }

    /** Starts to renew and to listen; returns at once. */
    public void start() {
        informer =
                connection
                        .client()
                        .leases()
                        .inNamespace(namespace)
                        .withLabel(LABEL)
                        .runnableInformer(0);
        informer.addEventHandler(new Observer());
        // An API server that is away at the start is waited for.
        informer.exceptionHandler((_, _) -> true);
        var _ = informer.start();
        var _ =
                renewer.scheduleAtFixedRate(
                        this::renew, 0, RENEW_PERIOD.toMillis(), TimeUnit.MILLISECONDS);
        var _ =
                observer.scheduleWithFixedDelay(
                        this::check,
                        // Time to hear of the others before the first answer.
                        LOST_AFTER.toMillis() / 2,
                        CHECK_PERIOD.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private final class Observer implements ResourceEventHandler<Lease> {

        @Override
        public void onAdd(Lease lease) {
            long now = System.nanoTime();
            observer.execute(() -> table.seen(name(lease), version(lease), now));
        }

        @Override
        public void onUpdate(Lease before, Lease lease) {
            onAdd(lease);
        }

        @Override
        public void onDelete(Lease lease, boolean isStateUnknown) {
            observer.execute(() -> {
                table.gone(name(lease));
                check();
            });
        }
    }

    private static String name(Lease lease) {
        return lease.getMetadata().getLabels().getOrDefault(LABEL, "");
    }

    private static String version(Lease lease) {
        return String.valueOf(lease.getMetadata().getResourceVersion());
    }

    private void check() {
        Set<String> live = table.live(System.nanoTime());
        if (!live.equals(told)) {
            told = Set.copyOf(live);
            log.info("Nodes that announce load balancer addresses: {}", String.join(", ", live));
            listener.accept(told);
        }
    }

    private void renew() {
        try {
            write();
            long now = System.nanoTime();
            observer.execute(() -> table.renewed(now));
            lastFailure = "";
        } catch (KubernetesClientException e) {
            String failure = Failures.describe(e);
            if (!failure.equals(lastFailure)) {
                lastFailure = failure;
                log.warn(
                        "cannot renew the Lease {}/{}: {}; trying again",
                        namespace,
                        PREFIX + node,
                        failure);
            }
        }
    }

    /** Whoever has the node's name has its Lease: nobody else writes it. */
    private void write() {
        Lease lease =
                new LeaseBuilder()
                        .withNewMetadata()
                        .withName(PREFIX + node)
                        .withNamespace(namespace)
                        .addToLabels(LABEL, node)
                        .endMetadata()
                        .withNewSpec()
                        .withHolderIdentity(node)
                        .withLeaseDurationSeconds((int) Math.ceilDiv(LOST_AFTER.toMillis(), 1000))
                        .withRenewTime(
                                ZonedDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS))
                        .endSpec()
                        .build();
        var leases = connection.client().leases().inNamespace(namespace);
        try {
            // An update would have to name the version that it replaces.
            leases.withName(PREFIX + node)
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            connection.client().getKubernetesSerialization().asJson(lease));
        } catch (KubernetesClientException e) {
            if (e.getCode() != NOT_FOUND) {
                throw e;
            }
            leases.resource(lease).create();
        }
    }

    /** Gives the Lease back. */
    @Override
    public void close() {
        renewer.shutdownNow();
        observer.shutdownNow();
        if (informer != null) {
            informer.stop();
        }
        try {
            boolean _ = renewer.awaitTermination(2, TimeUnit.SECONDS);
            var _ =
                    connection
                            .client()
                            .leases()
                            .inNamespace(namespace)
                            .withName(PREFIX + node)
                            .delete();
        } catch (KubernetesClientException e) {
            log.debug("the Lease is left to run out", e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
