package dev.penstock.controller.pool;

import static java.util.Objects.requireNonNull;

import dev.penstock.controller.kubernetes.ClusterConnection;
import dev.penstock.controller.kubernetes.Failures;
import dev.penstock.controller.kubernetes.Pace;
import dev.penstock.controller.leader.Leadership;
import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.ServiceObject;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.service.ServiceName;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the addresses of a plan to the status of Services while this instance is the leader, and
 * only where they are not there yet. A Service that somebody else changes meanwhile is left for the
 * next round. Nothing is taken back at the end.
 */
public final class PoolWriter implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PoolWriter.class);

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int WRITES_PER_SECOND = 50;

    /** How long after a write of a value the same value is not written again. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final ClusterConnection connection;
    private final Leadership leadership;
    private final Pace pace = new Pace(WRITES_PER_SECOND, WRITES_PER_SECOND);
    private final Semaphore changes = new Semaphore(0);
    private final Thread thread;

    private volatile @Nullable Wanted wanted;

    /** Owned by the thread: what was written last, so that its echo is waited for. */
    private final Map<ServiceName, Written> written = new HashMap<>();

    private String lastFailure = "";

    private record Wanted(ClusterState state, PoolPlan plan) {}

    private record Written(List<String> addresses, long nanos) {}

    private enum Outcome {
        DONE,
        LATER,
        STOP
    }

    /**
     * @param connection the API server; stays open when this is closed
     * @param leadership whether this instance writes
     */
    public PoolWriter(ClusterConnection connection, Leadership leadership) {
        this.connection = requireNonNull(connection, "connection");
        this.leadership = requireNonNull(leadership, "leadership");
        this.thread = Thread.ofVirtual().name("penstock-load-balancer").unstarted(this::run);
        leadership.whenElected(changes::release);
    }

    /** Starts to write. */
    public void start() {
        thread.start();
    }

    /** Takes in a state and what was planned for it; returns at once. */
    public void update(ClusterState state, PoolPlan plan) {
        wanted = new Wanted(state, plan);
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
        written.keySet().retainAll(now.plan().addresses().keySet());
        for (var entry : new TreeMap<>(now.plan().addresses()).entrySet()) {
            ServiceName name = entry.getKey();
            ServiceObject object = now.state().services().get(name);
            List<String> addresses = entry.getValue();
            if (object == null
                    || object.statusAddresses().equals(addresses)
                    || wasJustWritten(name, addresses)) {
                continue;
            }
            pace.await();
            if (!leadership.isLeader()) {
                return;
            }
            switch (write(object, addresses)) {
                case DONE -> written.put(name, new Written(addresses, System.nanoTime()));
                case LATER -> log.debug("{} has changed; its addresses are written later", name);
                case STOP -> {
                    return;
                }
            }
        }
    }

    private boolean wasJustWritten(ServiceName name, List<String> addresses) {
        Written last = written.get(name);
        return last != null
                && last.addresses().equals(addresses)
                && System.nanoTime() - last.nanos() < PAUSE.toNanos();
    }

    private Outcome write(ServiceObject object, List<String> addresses) {
        ServiceName name = object.name();
        try {
            Resource<Service> resource =
                    connection
                            .client()
                            .services()
                            .inNamespace(name.namespace())
                            .withName(name.name());
            Service present = resource.get();
            if (present == null) {
                return Outcome.DONE;
            }
            if (!present.getMetadata().getUid().equals(object.meta().uid())
                    || !addresses(present).equals(object.statusAddresses())) {
                return Outcome.LATER;
            }
            resource.subresource("status")
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            patch(present.getMetadata().getResourceVersion(), addresses));
            lastFailure = "";
            log.info(
                    "Service {} has {}",
                    name,
                    addresses.isEmpty()
                            ? "no load balancer address"
                            : "the load balancer address " + String.join(", ", addresses));
            return Outcome.DONE;
        } catch (KubernetesClientException e) {
            return failed(name, e);
        }
    }

    private Outcome failed(ServiceName name, KubernetesClientException e) {
        if (e.getCode() == NOT_FOUND) {
            return Outcome.DONE;
        }
        if (e.getCode() == CONFLICT) {
            return Outcome.LATER;
        }
        String failure = Failures.describe(e);
        if (!failure.equals(lastFailure)) {
            lastFailure = failure;
            log.warn("cannot write the status of Service {}: {}; trying again", name, failure);
        }
        return Failures.isAboutRequest(e) ? Outcome.LATER : Outcome.STOP;
    }

    private static List<String> addresses(Service present) {
        if (present.getStatus() == null || present.getStatus().getLoadBalancer() == null) {
            return List.of();
        }
        return present.getStatus().getLoadBalancer().getIngress().stream()
                .map(PoolWriter::address)
                .toList();
    }

    private static String address(LoadBalancerIngress entry) {
        return entry.getIp() != null ? entry.getIp() : String.valueOf(entry.getHostname());
    }

    /** With the version that was read, so that the API server refuses it if another wrote since. */
    private String patch(String version, List<String> addresses) {
        List<Map<String, String>> ingress =
                addresses.stream()
                        .map(a ->
                                AddressText.canonical(a) == null
                                        ? Map.of("hostname", a)
                                        : Map.of("ip", a, "ipMode", "VIP"))
                        .toList();
        return connection
                .client()
                .getKubernetesSerialization()
                .asJson(
                        Map.of(
                                "metadata",
                                Map.of("resourceVersion", version),
                                "status",
                                Map.of("loadBalancer", Map.of("ingress", ingress))));
    }
}
