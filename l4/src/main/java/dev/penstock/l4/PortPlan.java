package dev.penstock.l4;

import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServicePort;
import dev.penstock.model.service.ServicePortRef;
import dev.penstock.model.service.ServiceType;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a reference to a Service port comes to, as far as the objects say: pure.
 *
 * @param availability why the port cannot be reached whatever DNS says; else AVAILABLE
 * @param service the Service; null where it does not exist
 * @param port the port's number on the Service's addresses; 0 where there is none such
 * @param choice the endpoints; null for an ExternalName Service and where there is no such port
 * @param externalName the name, without a trailing dot; null for other types
 */
record PortPlan(
        Availability availability,
        @Nullable Service service,
        int port,
        @Nullable EndpointChoice choice,
        @Nullable String externalName) {

    static PortPlan of(
            @Nullable Service service,
            ServicePortRef ref,
            L4Settings settings,
            AddressRules rules) {
        if (service == null) {
            return new PortPlan(Availability.NO_SERVICE, null, 0, null, null);
        }
        ServicePort port = service.port(ref);
        if (service.type() == ServiceType.EXTERNAL_NAME) {
            return ofExternalName(service, number(service, port, ref), settings, rules);
        }
        if (port == null || port.protocol() != Protocol.TCP) {
            return new PortPlan(Availability.NO_PORT, service, 0, null, null);
        }
        EndpointChoice choice = EndpointChoice.of(service.endpointsOf(port), settings, rules);
        return new PortPlan(choice.availability(), service, port.port(), choice, null);
    }

    /** An ExternalName Service need not list ports; then any number is one. */
    private static int number(Service service, @Nullable ServicePort port, ServicePortRef ref) {
        if (port != null) {
            return port.port();
        }
        return service.ports().isEmpty() ? ref.number() : 0;
    }

    private static PortPlan ofExternalName(
            Service service, int port, L4Settings settings, AddressRules rules) {
        String written = service.externalName() == null ? "" : service.externalName();
        String name = written.endsWith(".") ? written.substring(0, written.length() - 1) : written;
        Availability availability = Availability.AVAILABLE;
        if (port == 0) {
            availability = Availability.NO_PORT;
        } else if (!settings.externalNameAllowed() || rules.refusesName(name)) {
            availability = Availability.FORBIDDEN;
        } else if (name.isEmpty()) {
            availability = Availability.UNRESOLVED;
        }
        return new PortPlan(availability, service, port, null, name);
    }

    /** The name whose addresses DNS must tell; null where none is needed. */
    @Nullable String nameToResolve() {
        boolean needed = availability == Availability.AVAILABLE && externalName != null;
        return needed && literalAddresses() == null ? externalName : null;
    }

    /** The addresses of an external name that is an address itself or means this machine. */
    @Nullable List<InetAddress> literalAddresses() {
        if (externalName == null) {
            return null;
        }
        if (AddressRules.isLocalName(externalName)) {
            return List.of(InetAddress.ofLiteral("127.0.0.1"));
        }
        InetAddress address = AddressRules.parse(externalName);
        return address == null ? null : List.of(address);
    }
}
