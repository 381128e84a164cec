package dev.penstock.app.serve;

import dev.penstock.app.source.SourceSettings;
import dev.penstock.app.source.Sources;
import dev.penstock.controller.event.EventWriter;
import dev.penstock.controller.kubernetes.ClusterConnection;
import dev.penstock.controller.leader.LeaderSettings;
import dev.penstock.controller.leader.Leadership;
import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.KubernetesObject;
import dev.penstock.controller.state.ObjectSource;
import dev.penstock.controller.state.SourceUnavailableException;
import dev.penstock.controller.status.PublishSettings;
import dev.penstock.controller.status.StatusWriter;
import dev.penstock.controller.translate.Translation;
import dev.penstock.controller.translate.TranslatorSettings;
import dev.penstock.model.service.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * What goes on between the program and a cluster beside traffic: reading and, as the elected
 * leader, writing.
 */
final class ClusterLink implements AutoCloseable {

    private static final String NAMESPACE_WITHOUT_ANY = "default";

    private final ClusterConnection connection;
    private final ObjectSource source;
    private final Leadership leadership;
    private final EventWriter events;
    private final @Nullable StatusWriter status;

    private ClusterLink(
            ClusterConnection connection, ObjectSource source, ClusterSettings settings) {
        this.connection = connection;
        this.source = source;
        this.leadership = new Leadership(connection, leader(connection, settings.lease()));
        this.events = new EventWriter(connection, leadership);
        PublishSettings publish = settings.publish();
        this.status = publish == null ? null : new StatusWriter(connection, leadership, publish);
    }

    static ClusterLink open(
            SourceSettings source,
            TranslatorSettings translator,
            ClusterSettings settings,
            String version)
            throws SourceUnavailableException {
        ClusterConnection connection = Sources.connect(source, version);
        return new ClusterLink(
                connection,
                Sources.cluster(connection, source, translator, published(settings)),
                settings);
    }

    private static @Nullable ServiceName published(ClusterSettings settings) {
        return settings.publish() instanceof PublishSettings.OfService of ? of.service() : null;
    }

    private static LeaderSettings leader(
            ClusterConnection connection, @Nullable ServiceName lease) {
        String own = connection.namespace();
        return LeaderSettings.withDefaultTimings(
                lease != null ? lease.namespace() : own != null ? own : NAMESPACE_WITHOUT_ANY,
                lease != null ? lease.name() : LeaderSettings.DEFAULT_LEASE,
                LeaderSettings.newIdentity());
    }

    ClusterConnection connection() {
        return connection;
    }

    ObjectSource source() {
        return source;
    }

    boolean isLeader() {
        return leadership.isLeader();
    }

    /** Takes part in the election, and writes from then on while it is the leader. */
    void startWriting() {
        events.start();
        if (status != null) {
            status.start();
        }
        leadership.start();
    }

    /** What is served now, and what there is to say about it. */
    void update(ClusterState state, Translation translation) {
        events.update(state, translation.configuration().problems());
        if (status != null) {
            status.update(
                    state, translation.ingresses().stream().map(KubernetesObject::ref).toList());
        }
    }

    /** Stops writing and gives the Lease back, so that another may write at once. */
    void stopWriting() {
        events.close();
        if (status != null) {
            status.close();
        }
        leadership.close();
    }

    /** Closes the connection; the source is closed by then. */
    @Override
    public void close() {
        connection.close();
    }
}
