package dev.penstock.controller.kubernetes;

import dev.penstock.controller.state.SourceUnavailableException;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection to one API server, shared by all that talk to it. Opening it sends nothing: an API
 * server that is away is found out, and waited for, by those who use it.
 */
public final class ClusterConnection implements AutoCloseable {

    private static final Path SERVICE_ACCOUNT =
            Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    /** The first pause between attempts; fabric8 doubles it five times, to 4 s. */
    private static final int RETRY_INTERVAL_MILLIS = 125;

    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
    private static final int REQUEST_TIMEOUT_MILLIS = 10_000;

    private final KubernetesClient client;

    private ClusterConnection(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Reads the settings and makes the client.
     *
     * @throws SourceUnavailableException when the kubeconfig cannot be used, or none is given and
     *     this does not run in a cluster
     */
    public static ClusterConnection open(ConnectionSettings settings)
            throws SourceUnavailableException {
        return open(settings, System.getenv(), SERVICE_ACCOUNT);
    }

    static ClusterConnection open(
            ConnectionSettings settings, Map<String, String> environment, Path serviceAccount)
            throws SourceUnavailableException {
        Config config =
                settings.kubeconfig() == null
                        ? inCluster(environment, serviceAccount)
                        : fromFile(settings.kubeconfig(), settings.context());
        Config tuned =
                new ConfigBuilder(config)
                        .withUserAgent("penstock/" + settings.version())
                        // A server that answers the WebSocket upgrade oddly would hang the sync.
                        .withOnlyHttpWatches(true)
                        .withWatchList(false)
                        .withWatchReconnectInterval(RETRY_INTERVAL_MILLIS)
                        .withWatchReconnectLimit(-1)
                        // Whoever asks knows whether and when to ask again, and says so in the log.
                        .withRequestRetryBackoffLimit(0)
                        .withConnectionTimeout(CONNECT_TIMEOUT_MILLIS)
                        .withRequestTimeout(REQUEST_TIMEOUT_MILLIS)
                        .build();
        try {
            return new ClusterConnection(new KubernetesClientBuilder().withConfig(tuned).build());
        } catch (KubernetesClientException | IllegalArgumentException e) {
            throw new SourceUnavailableException(
                    "cannot use the settings of the cluster: " + Failures.describe(e));
        }
    }

    /** The client that all share. */
    public KubernetesClient client() {
        return client;
    }

    /** The API server's address, as logs name it. */
    public String address() {
        return client.getMasterUrl().toString();
    }

    /** The namespace that this runs in, or that the kubeconfig's context names; null for none. */
    public @Nullable String namespace() {
        return client.getConfiguration().getNamespace();
    }

    /** Ends all requests and watches. */
    @Override
    public void close() {
        client.close();
    }

    private static Config fromFile(Path file, @Nullable String context)
            throws SourceUnavailableException {
        if (!Files.isReadable(file)) {
            throw new SourceUnavailableException("cannot read kubeconfig " + file);
        }
        Config config;
        try {
            config = Config.fromKubeconfig(context, file.toFile());
        } catch (RuntimeException e) {
            throw new SourceUnavailableException(
                    "cannot use kubeconfig " + file + ": " + Failures.describe(e));
        }
        if (context != null
                && config.getContexts().stream().noneMatch(c -> context.equals(c.getName()))) {
            throw new SourceUnavailableException(
                    "kubeconfig " + file + " has no context '" + context + "'");
        }
        return config;
    }

    private static Config inCluster(Map<String, String> environment, Path serviceAccount)
            throws SourceUnavailableException {
        String host = environment.get("KUBERNETES_SERVICE_HOST");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        Path token = serviceAccount.resolve("token");
        if (host == null || !Files.isReadable(token)) {
            throw new SourceUnavailableException(
                    "no cluster to read from: this is not a Pod with a service account;"
                            + " give --kubeconfig FILE or --manifests DIR");
        }
        String address = host.contains(":") ? "[" + host + "]" : host;
        return new ConfigBuilder(Config.empty())
                .withMasterUrl("https://" + address + ":" + port + "/")
                .withCaCertFile(serviceAccount.resolve("ca.crt").toString())
                // The kubelet replaces the token before it expires.
                .withOauthTokenProvider(() -> read(token))
                .withNamespace(namespace(serviceAccount))
                .build();
    }

    private static @Nullable String namespace(Path serviceAccount) {
        Path file = serviceAccount.resolve("namespace");
        return Files.isReadable(file) ? read(file) : null;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
