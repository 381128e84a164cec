package dev.penstock.l4.conntrack;

import static java.util.Objects.requireNonNull;

import dev.penstock.l4.node.VirtualService;
import dev.penstock.model.address.IpFamily;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What clients of a virtual service send to.
 *
 * @param family the address family
 * @param address the address in canonical text form; null for any of the node's: a node port
 * @param port the port
 */
record Target(IpFamily family, @Nullable String address, int port) {

    Target {
        requireNonNull(family, "family");
    }

    /** Everything that is the service's. */
    static Set<Target> of(VirtualService service) {
        IpFamily family = service.id().family();
        Set<Target> targets = new HashSet<>();
        if (service.clusterIp() != null) {
            targets.add(new Target(family, service.clusterIp(), service.port()));
        }
        service.externalIps()
                .forEach(address -> targets.add(new Target(family, address, service.port())));
        service.loadBalancerIps()
                .forEach(address -> targets.add(new Target(family, address, service.port())));
        if (service.nodePort() != 0) {
            targets.add(new Target(family, null, service.nodePort()));
        }
        return targets;
    }
}
