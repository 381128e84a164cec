package dev.penstock.l4;

import dev.penstock.l4.EndpointChoice.Use;
import dev.penstock.l4.ServiceExplanation.EndpointExplanation;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.LoadBalancing;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServicePortRef;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts into words what {@link PortPlan} and {@link EndpointChoice} decide. */
record ServiceExplainer(L4Settings settings, AddressRules rules) {

    /**
     * Explains a plan.
     *
     * @param addresses what an external name has come to; null where it was not asked for
     */
    ServiceExplanation explain(
            ServicePortRef ref,
            LoadBalancing algorithm,
            PortPlan plan,
            @Nullable List<InetAddress> addresses) {
        Service service = plan.service();
        List<EndpointExplanation> endpoints = endpoints(plan, addresses);
        Availability availability = plan.availability();
        if (availability == Availability.AVAILABLE && plan.externalName() != null) {
            availability = availability(endpoints);
        }
        return new ServiceExplanation(
                ref,
                availability,
                reason(plan, availability, endpoints, addresses != null),
                service == null ? null : service.type(),
                algorithm,
                service == null ? null : service.affinity(),
                plan.externalName(),
                service == null ? List.of() : service.clusterIps(),
                endpoints,
                List.of());
    }

    private static Availability availability(List<EndpointExplanation> endpoints) {
        if (endpoints.isEmpty()) {
            return Availability.UNRESOLVED;
        }
        return endpoints.stream().anyMatch(EndpointExplanation::used)
                ? Availability.AVAILABLE
                : Availability.FORBIDDEN;
    }

    private String reason(
            PortPlan plan,
            Availability availability,
            List<EndpointExplanation> endpoints,
            boolean asked) {
        EndpointChoice choice = plan.choice();
        return switch (availability) {
            case AVAILABLE ->
                    choice == null ? "the addresses of " + plan.externalName() : how(choice);
            case NO_ENDPOINTS ->
                    endpoints.isEmpty()
                            ? "no EndpointSlice names an endpoint of the port"
                            : availability.reason();
            case UNRESOLVED ->
                    asked
                            ? plan.externalName() + " has no address"
                            : plan.externalName()
                                    + " has not been resolved: no route uses it yet"
                                    + " or its name servers do not answer";
            case FORBIDDEN -> forbidden(plan);
            case NO_SERVICE, NO_PORT, NO_CLUSTER_IP -> availability.reason();
        };
    }

    private String forbidden(PortPlan plan) {
        String name = plan.externalName();
        if (name == null) {
            return "every endpoint that would be used has an address that must not be reached";
        }
        if (!settings.externalNameAllowed()) {
            return "Services of type ExternalName are turned off";
        }
        return name + " leads to this machine or to an address that must not be reached";
    }

    private static String how(EndpointChoice choice) {
        if (choice.uses().contains(Use.USED_WHILE_TERMINATING)) {
            return "no endpoint is ready, so those that terminate and still serve are used";
        }
        return switch (choice.topology()) {
            case NONE -> "all ready endpoints";
            case SAME_NODE -> "the ready endpoints that topology hints give to this node";
            case SAME_ZONE -> "the ready endpoints that topology hints give to this zone";
        };
    }

    private List<EndpointExplanation> endpoints(
            PortPlan plan, @Nullable List<InetAddress> addresses) {
        List<EndpointExplanation> endpoints = new ArrayList<>();
        EndpointChoice choice = plan.choice();
        if (choice != null) {
            for (int i = 0; i < choice.all().size(); i++) {
                endpoints.add(endpoint(choice.all().get(i), choice.uses().get(i)));
            }
        } else if (addresses != null && plan.port() != 0) {
            for (InetAddress address : addresses) {
                endpoints.add(endpoint(address, plan));
            }
        }
        return endpoints;
    }

    private EndpointExplanation endpoint(InetAddress address, PortPlan plan) {
        String refusal = rules.refusal(address);
        boolean used = refusal == null && plan.availability() == Availability.AVAILABLE;
        return new EndpointExplanation(
                new LiveEndpoint(address, plan.port()).authority(),
                used,
                used ? "an address of " + plan.externalName() : forbidden(refusal),
                null,
                null,
                null);
    }

    private EndpointExplanation endpoint(Endpoint endpoint, Use use) {
        return new EndpointExplanation(
                endpoint.authority(),
                use.isUsed(),
                reason(endpoint, use),
                endpoint.target(),
                endpoint.nodeName(),
                endpoint.zone());
    }

    private String reason(Endpoint endpoint, Use use) {
        return switch (use) {
            case USED -> "ready";
            case USED_WHILE_TERMINATING -> "terminating but serving, and no endpoint is ready";
            case NOT_READY -> "not ready";
            case TERMINATING ->
                    endpoint.serving()
                            ? "terminating, and another endpoint is ready"
                            : "terminating and not serving";
            case OTHER_ZONE -> "its hints are for the zones " + endpoint.hints().zones();
            case OTHER_NODE -> "its hints are for the nodes " + endpoint.hints().nodes();
            case FORBIDDEN -> {
                InetAddress address = AddressRules.parse(endpoint.address());
                yield address == null ? "not an IP address" : forbidden(rules.refusal(address));
            }
        };
    }

    private static String forbidden(@Nullable String refusal) {
        return refusal == null
                ? "external names are not allowed"
                : "forbidden: a " + refusal + " address";
    }
}
