package dev.penstock.e2e.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.penstock.controller.kubernetes.ClusterConnection;
import dev.penstock.controller.kubernetes.ConnectionSettings;
import dev.penstock.controller.kubernetes.KubernetesSource;
import dev.penstock.controller.kubernetes.WatchSettings;
import dev.penstock.controller.state.ClusterState;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The objects of a real API server, and every change of them, become states. */
@WithControlPlane
class KubernetesSourceTest {

    private final AtomicReference<ClusterState> latest = new AtomicReference<>(ClusterState.EMPTY);

    @Test
    void objectsAppearAndGo(ControlPlane controlPlane) throws Exception {
        controlPlane.apply(
                """
                apiVersion: v1
                kind: Namespace
                metadata: {name: one}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: one}
                spec: {ports: [{name: http, port: 80}]}
                """);
        try (ClusterConnection connection =
                        ClusterConnection.open(
                                new ConnectionSettings(
                                        controlPlane.adminKubeconfig(), null, "test"));
                KubernetesSource source =
                        new KubernetesSource(
                                connection,
                                new WatchSettings(Set.of(), "", Set.of()),
                                (_, _) -> true)) {
            source.start((state, _) -> latest.set(state));
            await().atMost(Duration.ofSeconds(20)).until(source::isSynced);
            assertThat(latest.get().services().keySet().toString()).contains("web");
            long t0 = System.nanoTime();
            controlPlane.apply(
                    """
                    apiVersion: v1
                    kind: Service
                    metadata: {name: web2, namespace: one}
                    spec: {ports: [{name: http, port: 80}]}
                    """);
            await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(2))
                    .until(() -> latest.get().services().keySet().toString().contains("web2"));
            System.out.println("change ms " + (System.nanoTime() - t0) / 1e6);
            controlPlane.killApiServer();
            Thread.sleep(8000);
            controlPlane.startApiServer();
            t0 = System.nanoTime();
            controlPlane.apply(
                    """
                    apiVersion: v1
                    kind: Service
                    metadata: {name: web3, namespace: one}
                    spec: {ports: [{name: http, port: 80}]}
                    """);
            await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(2))
                    .until(() -> latest.get().services().keySet().toString().contains("web3"));
            System.out.println("change ms " + (System.nanoTime() - t0) / 1e6);
        }
    }
}
