package dev.penstock.controller.status;

import static java.util.Objects.requireNonNull;

import dev.penstock.controller.kubernetes.ClusterConnection;
import dev.penstock.controller.leader.LeaderWriter;
import dev.penstock.controller.leader.Leadership;
import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.IngressObject;
import dev.penstock.model.ObjectRef;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the status of our Ingresses true while this instance is the leader, and writes only what is
 * not. An Ingress that somebody else writes over is not fought for. Nothing is taken back at the
 * end.
 */
public final class StatusWriter implements AutoCloseable {

    private final ClusterConnection connection;
    private final PublishSettings settings;
    private final LeaderWriter writer;

    private volatile @Nullable Wanted wanted;

    private record Wanted(ClusterState state, Set<ObjectRef> ours) {}

    /**
     * @param connection the API server; stays open when this is closed
     * @param leadership whether this instance writes
     * @param settings which addresses to write
     */
    public StatusWriter(
            ClusterConnection connection, Leadership leadership, PublishSettings settings) {
        this.connection = requireNonNull(connection, "connection");
        this.settings = requireNonNull(settings, "settings");
        this.writer = new LeaderWriter("penstock-status", leadership, this::due);
    }

    /** Starts to write. */
    public void start() {
        writer.start();
    }

    /**
     * Takes in a new state; returns at once.
     *
     * @param ours the Ingresses that are served here
     */
    public void update(ClusterState state, Collection<ObjectRef> ours) {
        wanted = new Wanted(state, Set.copyOf(ours));
        writer.changed();
    }

    @Override
    public void close() {
        writer.close();
    }

    private List<LeaderWriter.Write> due() {
        Wanted now = wanted;
        if (now == null) {
            return List.of();
        }
        List<String> addresses = StatusPlan.addresses(settings, now.state());
        return StatusPlan.outdated(now.state(), now.ours(), addresses).stream()
                .map(IngressObject::ref)
                .map(ref -> new LeaderWriter.Write(ref, addresses, () -> write(ref, addresses)))
                .toList();
    }

    private boolean write(ObjectRef ref, List<String> addresses) {
        connection
                .client()
                .resources(Ingress.class)
                .inNamespace(ref.namespace())
                .withName(ref.name())
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch(addresses));
        return true;
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
