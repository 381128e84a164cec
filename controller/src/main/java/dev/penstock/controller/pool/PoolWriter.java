package dev.penstock.controller.pool;

import static java.util.Objects.requireNonNull;

import dev.penstock.controller.kubernetes.ClusterConnection;
import dev.penstock.controller.leader.LeaderWriter;
import dev.penstock.controller.leader.Leadership;
import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.ServiceObject;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.service.ServiceName;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

    private final ClusterConnection connection;
    private final LeaderWriter writer;

    private volatile @Nullable Wanted wanted;

    private record Wanted(ClusterState state, PoolPlan plan) {}

    /**
     * @param connection the API server; stays open when this is closed
     * @param leadership whether this instance writes
     */
    public PoolWriter(ClusterConnection connection, Leadership leadership) {
        this.connection = requireNonNull(connection, "connection");
        this.writer = new LeaderWriter("penstock-load-balancer", leadership, this::due);
    }

    /** Starts to write. */
    public void start() {
        writer.start();
    }

    /** Takes in a state and what was planned for it; returns at once. */
    public void update(ClusterState state, PoolPlan plan) {
        wanted = new Wanted(state, plan);
        writer.changed();
    }

    @Override
    public void close() {
        writer.close();
    }

    private List<LeaderWriter.Write> due() {
        Wanted now = wanted;
        List<LeaderWriter.Write> due = new ArrayList<>();
        if (now != null) {
            new TreeMap<>(now.plan().addresses())
                    .forEach((name, addresses) -> {
                        ServiceObject object = now.state().services().get(name);
                        if (object != null && !object.statusAddresses().equals(addresses)) {
                            due.add(
                                    new LeaderWriter.Write(
                                            object.ref(),
                                            addresses,
                                            () -> write(object, addresses)));
                        }
                    });
        }
        return due;
    }

    private boolean write(ServiceObject object, List<String> addresses) {
        ServiceName name = object.name();
        Resource<Service> resource =
                connection.client().services().inNamespace(name.namespace()).withName(name.name());
        Service present = resource.get();
        if (present == null
                || !present.getMetadata().getUid().equals(object.meta().uid())
                || !addresses(present).equals(object.statusAddresses())) {
            log.debug("{} has changed; its addresses are written later", name);
            return false;
        }
        resource.subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        patch(present.getMetadata().getResourceVersion(), addresses));
        log.info(
                "Service {} has {}",
                name,
                addresses.isEmpty()
                        ? "no load balancer address"
                        : "the load balancer address " + String.join(", ", addresses));
        return true;
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
