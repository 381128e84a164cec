package dev.penstock.controller.kubernetes;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a cluster.
 *
 * @param kubeconfig the kubeconfig file; null for the account of the Pod that this runs in
 * @param context the context of the kubeconfig; null for its current one
 * @param version the version of Penstock, for the user agent
 */
public record ConnectionSettings(
        @Nullable Path kubeconfig, @Nullable String context, String version) {

    public ConnectionSettings {
        requireNonNull(version, "version");
    }
}
