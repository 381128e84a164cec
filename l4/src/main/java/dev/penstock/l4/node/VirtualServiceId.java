package dev.penstock.l4.node;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.ServiceName;
import java.util.Comparator;

/**
 * Names a virtual service: one port of a Service in one address family.
 *
 * @param service the Service
 * @param portName the port's name; empty for the only, unnamed one
 * @param protocol the port's protocol
 * @param family the family of its addresses and destinations
 */
public record VirtualServiceId(
        ServiceName service, String portName, Protocol protocol, IpFamily family)
        implements Comparable<VirtualServiceId> {

    private static final Comparator<VirtualServiceId> ORDER =
            Comparator.comparing(VirtualServiceId::service)
                    .thenComparing(VirtualServiceId::portName)
                    .thenComparing(VirtualServiceId::protocol)
                    .thenComparing(VirtualServiceId::family);

    public VirtualServiceId {
        requireNonNull(service, "service");
        requireNonNull(portName, "portName");
        requireNonNull(protocol, "protocol");
        requireNonNull(family, "family");
    }

    @Override
    public int compareTo(VirtualServiceId other) {
        return ORDER.compare(this, other);
    }

    /**
     * {@code namespace/name:port}, as kube-proxy writes it; without the port when it is unnamed.
     */
    @Override
    public String toString() {
        return portName.isEmpty() ? service.toString() : service + ":" + portName;
    }
}
