package dev.penstock.model.service;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Service with its endpoints. Fields that only a node's kernel rules need are in {@link
 * NodeTraffic}.
 *
 * @param name its name
 * @param type its type
 * @param clusterIps its cluster addresses, one a family; empty for a headless or ExternalName
 *     Service
 * @param ports its ports, in the object's order
 * @param affinity its session affinity; null for none
 * @param externalName the DNS name of an ExternalName Service; null for other types
 * @param nodeTraffic what concerns traffic that enters at a node
 * @param endpoints the endpoints of each port, by port name; sorted by address, over all slices,
 *     without duplicates. A port that no slice names is absent
 * @param annotations the Service's annotations under {@code penstock.dev/}, without the prefix
 * @param created when it was made; null where unknown, as in most manifests. The older of two that
 *     claim one address and port has it
 */
public record Service(
        ServiceName name,
        ServiceType type,
        List<String> clusterIps,
        List<ServicePort> ports,
        @Nullable SessionAffinity affinity,
        @Nullable String externalName,
        NodeTraffic nodeTraffic,
        Map<String, List<Endpoint>> endpoints,
        Map<String, String> annotations,
        @Nullable Instant created) {

    public Service {
        requireNonNull(name, "name");
        requireNonNull(type, "type");
        clusterIps = List.copyOf(clusterIps);
        ports = List.copyOf(ports);
        requireNonNull(nodeTraffic, "nodeTraffic");
        endpoints = Map.copyOf(endpoints);
        annotations = Map.copyOf(annotations);
    }

    /** Whether the Service has no address of its own, so that only its endpoints can be reached. */
    public boolean isHeadless() {
        return type == ServiceType.CLUSTER_IP && clusterIps.isEmpty();
    }

    /**
     * The port that a backend refers to, or null where the Service has none such. An ExternalName
     * Service need not list its ports: one without any has every port that is referred to by
     * number.
     */
    public @Nullable ServicePort port(ServicePortRef ref) {
        if (type == ServiceType.EXTERNAL_NAME && ports.isEmpty() && ref.number() != 0) {
            return new ServicePort("", Protocol.TCP, ref.number(), "", 0, "");
        }
        for (ServicePort port : ports) {
            if (ref.number() != 0
                    ? port.port() == ref.number()
                    : port.name().equals(ref.portName())) {
                return port;
            }
        }
        return null;
    }

    /** The same Service with these endpoints. */
    public Service withEndpoints(Map<String, List<Endpoint>> newEndpoints) {
        return new Service(
                name,
                type,
                clusterIps,
                ports,
                affinity,
                externalName,
                nodeTraffic,
                newEndpoints,
                annotations,
                created);
    }

    /** The same Service with this said about traffic on a node. */
    public Service withTraffic(NodeTraffic newTraffic) {
        return new Service(
                name,
                type,
                clusterIps,
                ports,
                affinity,
                externalName,
                newTraffic,
                endpoints,
                annotations,
                created);
    }

    /** The endpoints of a port; empty where no slice names it. */
    public List<Endpoint> endpointsOf(ServicePort port) {
        return endpoints.getOrDefault(port.name(), List.of());
    }
}
