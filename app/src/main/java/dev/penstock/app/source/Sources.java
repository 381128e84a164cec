package dev.penstock.app.source;

import dev.penstock.app.exit.ExitException;
import dev.penstock.controller.kubernetes.ClusterConnection;
import dev.penstock.controller.kubernetes.ConnectionSettings;
import dev.penstock.controller.kubernetes.KubernetesSource;
import dev.penstock.controller.kubernetes.WatchSettings;
import dev.penstock.controller.manifest.ManifestReader;
import dev.penstock.controller.manifest.ManifestSource;
import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.NodeObject;
import dev.penstock.controller.state.ObjectSource;
import dev.penstock.controller.state.SecretObject;
import dev.penstock.controller.state.ServiceObject;
import dev.penstock.controller.state.SourceListener;
import dev.penstock.controller.state.SourceUnavailableException;
import dev.penstock.controller.translate.Translator;
import dev.penstock.controller.translate.TranslatorSettings;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.service.ServiceName;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Opens what the settings name, to be followed or to be read once. */
public final class Sources {

    private static final int READ_ONCE_SECONDS = 30;

    private Sources() {}

    /**
     * A directory to be read, and followed if the settings say so.
     *
     * @param manifests the directory
     */
    public static ObjectSource directory(Path manifests, boolean watch) {
        return watch ? new ManifestSource(manifests) : new OnceSource(manifests);
    }

    /**
     * A connection to the cluster.
     *
     * @throws SourceUnavailableException if the settings cannot be used
     */
    public static ClusterConnection connect(SourceSettings settings, String version)
            throws SourceUnavailableException {
        return ClusterConnection.open(
                new ConnectionSettings(settings.kubeconfig(), settings.context(), version));
    }

    /**
     * The objects of a cluster, to be followed.
     *
     * @param more a Service that other settings name; null for none
     */
    public static ObjectSource cluster(
            ClusterConnection connection,
            SourceSettings settings,
            TranslatorSettings translator,
            @Nullable ServiceName more) {
        Set<ObjectRef> singles = node(translator.nodeName());
        add(singles, ServiceObject.KIND, translator.defaultBackend());
        add(singles, SecretObject.KIND, translator.defaultTlsSecret());
        add(singles, ServiceObject.KIND, more);
        return new KubernetesSource(
                connection,
                new WatchSettings(settings.namespaces(), settings.labelSelector(), false, singles),
                (state, ingress) -> Translator.isOurs(translator, state, ingress));
    }

    /**
     * The Services of a cluster and their slices, to be followed.
     *
     * @param nodeName the Node to follow with them; empty for none
     */
    public static ObjectSource services(
            ClusterConnection connection, SourceSettings settings, String nodeName) {
        return new KubernetesSource(
                connection,
                new WatchSettings(settings.namespaces(), "", true, node(nodeName)),
                (state, ingress) -> false);
    }

    private static Set<ObjectRef> node(@Nullable String name) {
        Set<ObjectRef> singles = new HashSet<>();
        if (name != null && !name.isEmpty()) {
            singles.add(new ObjectRef(NodeObject.KIND, "", name));
        }
        return singles;
    }

    private static void add(Set<ObjectRef> singles, String kind, @Nullable ServiceName name) {
        if (name != null) {
            singles.add(new ObjectRef(kind, name.namespace(), name.name()));
        }
    }

    /**
     * Reads everything once.
     *
     * @throws ExitException if there is nothing to read, or the API server does not answer
     */
    public static ClusterState read(
            SourceSettings settings, TranslatorSettings translator, String version) {
        Path manifests = settings.manifests();
        try {
            if (manifests != null) {
                return ManifestReader.read(manifests);
            }
            try (ClusterConnection connection = connect(settings, version);
                    ObjectSource source = cluster(connection, settings, translator, null)) {
                CompletableFuture<ClusterState> first = new CompletableFuture<>();
                source.start((state, seenNanos) -> first.complete(state));
                return first.get(READ_ONCE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (SourceUnavailableException e) {
            throw ExitException.failed(String.valueOf(e.getMessage()), e);
        } catch (TimeoutException e) {
            throw ExitException.failed(
                    "the API server did not give its objects within " + READ_ONCE_SECONDS + " s",
                    e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("nothing ends the future so", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ExitException.failed("interrupted", e);
        }
    }

    /** A directory whose changes are not followed. */
    private static final class OnceSource implements ObjectSource {

        private final Path manifests;
        private volatile boolean synced;

        OnceSource(Path manifests) {
            this.manifests = manifests;
        }

        @Override
        public void start(SourceListener listener) throws SourceUnavailableException {
            long seenNanos = System.nanoTime();
            ClusterState state = ManifestReader.read(manifests);
            synced = true;
            listener.changed(state, seenNanos);
        }

        @Override
        public boolean isSynced() {
            return synced;
        }

        @Override
        public void close() {
            // It has ended already.
        }
    }
}
