package dev.penstock.controller.status;

import static java.util.Objects.requireNonNull;

import dev.penstock.controller.kubernetes.ClusterConnection;
import dev.penstock.controller.kubernetes.Failures;
import dev.penstock.controller.kubernetes.Pace;
import dev.penstock.controller.leader.Leadership;
import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.IngressObject;
import dev.penstock.model.ObjectRef;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the status of our Ingresses true while this instance is the leader, and writes only what is
 * not. An Ingress that somebody else writes over is not fought for: the same value is written again
 * only after a pause. Nothing is taken back at the end.
 */
public final class StatusWriter implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(StatusWriter.class);

    private static final int NOT_FOUND = 404;
    private static final int WRITES_PER_SECOND = 50;

    /** How long after a write of a value the same value is not written again. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final ClusterConnection connection;
    private final Leadership leadership;
    private final PublishSettings settings;
    private final Pace pace = new Pace(WRITES_PER_SECOND, WRITES_PER_SECOND);
    private final Semaphore changes = new Semaphore(0);
    private final Thread thread;

    private volatile @Nullable Wanted wanted;

    /** Owned by the thread: what was written last, so that its echo is waited for. */
    private final Map<ObjectRef, Written> written = new HashMap<>();

    private String lastFailure = "";

    private record Wanted(ClusterState state, Set<ObjectRef> ours) {}

    private record Written(List<String> addresses, long nanos) {}

    /**
     * @param connection the API server; stays open when this is closed
     * @param leadership whether this instance writes
     * @param settings which addresses to write
     */
    public StatusWriter(
            ClusterConnection connection, Leadership leadership, PublishSettings settings) {
        this.connection = requireNonNull(connection, "connection");
        this.leadership = requireNonNull(leadership, "leadership");
        this.settings = requireNonNull(settings, "settings");
        this.thread = Thread.ofVirtual().name("penstock-status").unstarted(this::run);
        leadership.whenElected(changes::release);
    }

    /** Starts to write. */
    public void start() {
        thread.start();
    }

    /**
     * Takes in a new state; returns at once.
     *
     * @param ours the Ingresses that are served here
     */
    public void update(ClusterState state, Collection<ObjectRef> ours) {
        wanted = new Wanted(state, Set.copyOf(ours));
        changes.release();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                // Now and then even without a change: for what failed or had to wait.
                boolean _ = changes.tryAcquire(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
                changes.drainPermits();
                Wanted now = wanted;
                if (now != null && leadership.isLeader()) {
                    write(now);
                }
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    private void write(Wanted now) throws InterruptedException {
        List<String> addresses = StatusPlan.addresses(settings, now.state());
        written.keySet().retainAll(now.ours());
        for (IngressObject ingress : StatusPlan.outdated(now.state(), now.ours(), addresses)) {
            if (wasJustWritten(ingress.ref(), addresses)) {
                continue;
            }
            pace.await();
            if (!leadership.isLeader() || !write(ingress.ref(), addresses)) {
                return;
            }
            written.put(ingress.ref(), new Written(addresses, System.nanoTime()));
        }
    }

    private boolean wasJustWritten(ObjectRef ref, List<String> addresses) {
        Written last = written.get(ref);
        return last != null
                && last.addresses().equals(addresses)
                && System.nanoTime() - last.nanos() < PAUSE.toNanos();
    }

    /** Writes one status. Returns whether it makes sense to go on with others. */
    private boolean write(ObjectRef ref, List<String> addresses) {
        try {
            connection
                    .client()
                    .resources(Ingress.class)
                    .inNamespace(ref.namespace())
                    .withName(ref.name())
                    .subresource("status")
                    .patch(PatchContext.of(PatchType.JSON_MERGE), patch(addresses));
            lastFailure = "";
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == NOT_FOUND) {
                return true;
            }
            String failure = Failures.describe(e);
            if (!failure.equals(lastFailure)) {
                lastFailure = failure;
                log.warn("cannot write the status of {}: {}; trying again", ref, failure);
            }
            return Failures.isAboutRequest(e);
        }
    }

    private String patch(List<String> addresses) {
        List<Map<String, String>> ingress =
                addresses.stream().map(a -> Map.of(isIp(a) ? "ip" : "hostname", a)).toList();
        return connection
                .client()
                .getKubernetesSerialization()
                .asJson(Map.of("status", Map.of("loadBalancer", Map.of("ingress", ingress))));
    }

    private static boolean isIp(String address) {
        return address.indexOf(':') >= 0 || address.matches("[0-9.]+");
    }
}
