package dev.penstock.e2e.kubernetes;

import static org.awaitility.Awaitility.await;

import dev.penstock.controller.kubernetes.ClusterConnection;
import dev.penstock.controller.kubernetes.ConnectionSettings;
import dev.penstock.controller.kubernetes.KubernetesSource;
import dev.penstock.controller.kubernetes.WatchSettings;
import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.SourceUnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;

/** A source at work, and the state it reported last. */
final class Watching implements AutoCloseable {

    static final Duration LIMIT = Duration.ofSeconds(30);

    private final ClusterConnection connection;
    private final KubernetesSource source;
    private volatile ClusterState state = ClusterState.EMPTY;

    Watching(Path kubeconfig, WatchSettings settings) throws SourceUnavailableException {
        connection = ClusterConnection.open(new ConnectionSettings(kubeconfig, null, "test"));
        source = new KubernetesSource(connection, settings, (_, _) -> true);
        source.start((changed, _) -> state = changed);
    }

    ClusterConnection connection() {
        return connection;
    }

    boolean isSynced() {
        return source.isSynced();
    }

    ClusterState state() {
        return state;
    }

    Watching awaitSynced() {
        await().atMost(LIMIT).until(source::isSynced);
        return this;
    }

    ClusterState awaitState(Predicate<ClusterState> condition) {
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(5)).until(() -> condition.test(state));
        return state;
    }

    @Override
    public void close() {
        source.close();
        connection.close();
    }
}
