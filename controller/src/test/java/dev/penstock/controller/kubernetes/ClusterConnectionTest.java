package dev.penstock.controller.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.controller.state.SourceUnavailableException;
import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterConnectionTest {

    private static final String KUBECONFIG =
            """
            apiVersion: v1
            kind: Config
            current-context: one
            clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
            users: [{name: u, user: {token: t}}]
            contexts:
            - {name: one, context: {cluster: c, user: u, namespace: first}}
            - {name: two, context: {cluster: c, user: u, namespace: second}}
            """;

    @TempDir Path directory;

    @Test
    void takesTheCurrentContextOfAKubeconfig() throws Exception {
        try (ClusterConnection connection = open(write(KUBECONFIG), null)) {
            assertThat(connection.address()).isEqualTo("http://127.0.0.1:1/");
            assertThat(connection.namespace()).isEqualTo("first");
            assertThat(connection.client().getConfiguration().getUserAgent())
                    .isEqualTo("penstock/1.2.3");
        }
    }

    @Test
    void takesTheContextThatIsNamed() throws Exception {
        try (ClusterConnection connection = open(write(KUBECONFIG), "two")) {
            assertThat(connection.namespace()).isEqualTo("second");
        }
    }

    @Test
    void namesAContextThatIsNotThere() throws Exception {
        Path file = write(KUBECONFIG);

        assertThatThrownBy(() -> open(file, "three"))
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessage("kubeconfig " + file + " has no context 'three'");
    }

    @Test
    void namesAKubeconfigThatIsNotThere() {
        assertThatThrownBy(() -> open(directory.resolve("none"), null))
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessageContaining("cannot read kubeconfig");
    }

    @Test
    void saysWhatIsWrongWithAKubeconfig() throws Exception {
        Path file = write("{{{");

        assertThatThrownBy(() -> open(file, null))
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessageContaining("cannot use kubeconfig " + file)
                .hasMessageNotContainingAny("\n", "io.fabric8");
    }

    @Test
    void takesTheAccountOfItsPod() throws Exception {
        Files.writeString(directory.resolve("token"), "first\n");
        Files.writeString(directory.resolve("namespace"), "edge");
        Files.writeString(directory.resolve("ca.crt"), "");
        Map<String, String> environment =
                Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "6443");

        try (ClusterConnection connection =
                ClusterConnection.open(settings(null, null), environment, directory)) {
            assertThat(connection.address()).isEqualTo("https://[fd00::1]:6443/");
            assertThat(connection.namespace()).isEqualTo("edge");
            OAuthTokenProvider provider =
                    connection.client().getConfiguration().getOauthTokenProvider();
            assertThat(provider.getToken()).isEqualTo("first");
            Files.writeString(directory.resolve("token"), "second\n");
            assertThat(provider.getToken()).isEqualTo("second");
        }
    }

    @Test
    void saysWhatToGiveOutsideACluster() {
        assertThatThrownBy(() -> ClusterConnection.open(settings(null, null), Map.of(), directory))
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessageContaining("give --kubeconfig FILE or --manifests DIR");
    }

    private Path write(String text) throws Exception {
        return Files.writeString(directory.resolve("kubeconfig"), text);
    }

    private static ClusterConnection open(Path file, @Nullable String context) throws Exception {
        return ClusterConnection.open(settings(file, context), Map.of(), Path.of("nowhere"));
    }

    private static ConnectionSettings settings(@Nullable Path file, @Nullable String context) {
        return new ConnectionSettings(file, context, "1.2.3");
    }
}
