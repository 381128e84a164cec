package dev.penstock.l4.node;

import dev.penstock.model.address.AddressText;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Something that only one virtual service can have: a port on an address, or a node port.
 *
 * @param address the address; null for a node port
 * @param family the address's family
 * @param protocol the protocol
 * @param port the port
 */
record Claim(@Nullable String address, IpFamily family, Protocol protocol, int port) {

    /**
     * In what role an address is claimed. A cluster address is given out by the API server; the
     * others anybody can write who may write a Service, so they never take one over
     * (CVE-2020-8554).
     */
    enum Role {
        CLUSTER_IP("spec.clusterIPs"),
        LOAD_BALANCER_IP("status.loadBalancer.ingress"),
        EXTERNAL_IP("spec.externalIPs"),
        NODE_PORT("spec.ports");

        private final String field;

        Role(String field) {
            this.field = field;
        }

        String field() {
            return field;
        }
    }

    /** Tells everything that a virtual service claims. */
    static void each(VirtualService service, BiConsumer<Claim, Role> claims) {
        if (service.clusterIp() != null) {
            claims.accept(of(service, service.clusterIp()), Role.CLUSTER_IP);
        }
        service.loadBalancerIps()
                .forEach(address -> claims.accept(of(service, address), Role.LOAD_BALANCER_IP));
        service.externalIps()
                .forEach(address -> claims.accept(of(service, address), Role.EXTERNAL_IP));
        if (service.nodePort() != 0) {
            VirtualServiceId id = service.id();
            claims.accept(
                    new Claim(null, id.family(), id.protocol(), service.nodePort()),
                    Role.NODE_PORT);
        }
    }

    private static Claim of(VirtualService service, String address) {
        VirtualServiceId id = service.id();
        return new Claim(address, id.family(), id.protocol(), service.port());
    }

    /** The virtual service without the claims that it lost. */
    static VirtualService without(VirtualService service, List<Claim> lost) {
        if (lost.isEmpty()) {
            return service;
        }
        List<String> addresses = new ArrayList<>();
        boolean losesNodePort = false;
        for (Claim claim : lost) {
            if (claim.address == null) {
                losesNodePort = true;
            } else {
                addresses.add(claim.address);
            }
        }
        String clusterIp = service.clusterIp();
        return new VirtualService(
                service.id(),
                service.port(),
                clusterIp == null || addresses.contains(clusterIp) ? null : clusterIp,
                rest(service.externalIps(), addresses),
                rest(service.loadBalancerIps(), addresses),
                losesNodePort ? 0 : service.nodePort(),
                service.sourceRanges(),
                service.internalPolicy(),
                service.externalPolicy(),
                service.affinity(),
                service.algorithm(),
                service.ipvsScheduler(),
                service.cluster(),
                service.local());
    }

    private static List<String> rest(List<String> addresses, List<String> lost) {
        return addresses.stream().filter(address -> !lost.contains(address)).toList();
    }

    /** As a problem names it: {@code TCP 10.96.0.1:80} or {@code TCP node port 30080}. */
    @Override
    public String toString() {
        if (address == null) {
            return protocol + " node port " + port;
        }
        return protocol + " " + AddressText.authority(address, port);
    }
}
