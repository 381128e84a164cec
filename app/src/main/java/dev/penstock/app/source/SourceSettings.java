package dev.penstock.app.source;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where objects come from: a directory, or a cluster where there is none.
 *
 * @param manifests the directory; null for a cluster
 * @param watch whether changes of the directory are followed
 * @param kubeconfig how to reach the cluster; null for the account of the Pod this runs in
 * @param context the kubeconfig's context; null for its current one
 * @param namespaces the namespaces to read; empty for all
 * @param labelSelector which Ingresses to read, as kubectl takes it; empty for all
 */
public record SourceSettings(
        @Nullable Path manifests,
        boolean watch,
        @Nullable Path kubeconfig,
        @Nullable String context,
        Set<String> namespaces,
        String labelSelector) {

    public SourceSettings {
        namespaces = Set.copyOf(namespaces);
        requireNonNull(labelSelector, "labelSelector");
    }

    /** A directory that is read once. */
    public static SourceSettings directory(Path manifests) {
        return new SourceSettings(manifests, false, null, null, Set.of(), "");
    }
}
