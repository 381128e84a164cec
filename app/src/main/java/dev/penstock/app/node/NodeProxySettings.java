package dev.penstock.app.node;

import static java.util.Objects.requireNonNull;

import dev.penstock.l4.L4Settings;
import dev.penstock.l4.sync.SyncSettings;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the L4 module is started with on a node.
 *
 * @param services where this is, and which endpoints may be reached
 * @param mode which mode
 * @param facts what holds for all Services
 * @param sync when rules are brought up to date
 * @param healthz where {@code /healthz} and {@code /livez} are served; null for nowhere
 * @param isBesideKubeProxy whether a kube-proxy on the machine is put up with
 */
public record NodeProxySettings(
        L4Settings services,
        ModeSettings mode,
        FactsSettings facts,
        SyncSettings sync,
        @Nullable InetSocketAddress healthz,
        boolean isBesideKubeProxy) {

    public NodeProxySettings {
        requireNonNull(services, "services");
        requireNonNull(mode, "mode");
        requireNonNull(facts, "facts");
        requireNonNull(sync, "sync");
    }
}
