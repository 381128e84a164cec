package dev.penstock.l4;

import dev.penstock.model.service.Services;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What holds for all Services.
 *
 * @param externalNameAllowed whether Services of type ExternalName are served
 * @param loopbackAllowed whether endpoints may be loopback addresses, as in a directory of
 *     manifests
 * @param nodeName the node this runs on, for topology hints; null where unknown
 * @param zone the zone this runs in, for topology hints; null for what the cluster says of the node
 * @param nameServers who resolves external names; empty for the system's resolvers
 * @param affinityClientsMax how many clients the session affinity of one Service port remembers
 */
public record L4Settings(
        boolean externalNameAllowed,
        boolean loopbackAllowed,
        @Nullable String nodeName,
        @Nullable String zone,
        List<InetSocketAddress> nameServers,
        int affinityClientsMax) {

    /** How many clients a Service port remembers unless told otherwise. */
    public static final int AFFINITY_CLIENTS_DEFAULT = 100_000;

    public L4Settings {
        nameServers = List.copyOf(nameServers);
        if (affinityClientsMax < 1) {
            throw new IllegalArgumentException(
                    "affinityClientsMax: " + affinityClientsMax + " (expected: > 0)");
        }
    }

    /** These settings with the zone that the cluster gives to the node, where they have none. */
    public L4Settings withZoneOf(Services services) {
        return zone != null || services.zone() == null
                ? this
                : new L4Settings(
                        externalNameAllowed,
                        loopbackAllowed,
                        nodeName,
                        services.zone(),
                        nameServers,
                        affinityClientsMax);
    }

    /** In a cluster: loopback is refused. */
    public static L4Settings forCluster() {
        return new L4Settings(true, false, null, null, List.of(), AFFINITY_CLIENTS_DEFAULT);
    }

    /** For a directory of manifests: loopback is allowed. */
    public static L4Settings forManifests() {
        return new L4Settings(true, true, null, null, List.of(), AFFINITY_CLIENTS_DEFAULT);
    }
}
