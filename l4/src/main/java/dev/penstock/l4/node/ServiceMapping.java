package dev.penstock.l4.node;

import dev.penstock.l4.EndpointChoice;
import dev.penstock.l4.L4Settings;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.Problem;
import dev.penstock.model.ProblemReason;
import dev.penstock.model.address.Cidr;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.NodeTraffic;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServicePort;
import dev.penstock.model.service.ServiceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What one Service asks of a node by itself, before others that claim the same addresses are looked
 * at. Pure.
 *
 * @param services its virtual services
 * @param problems what is wrong with it
 */
record ServiceMapping(List<VirtualService> services, List<Problem> problems) {

    /** Nothing is asked. */
    static final ServiceMapping NONE = new ServiceMapping(List.of(), List.of());

    ServiceMapping {
        services = List.copyOf(services);
        problems = List.copyOf(problems);
    }

    static ServiceMapping of(Service service, L4Settings settings, Set<Algorithm> algorithms) {
        // Headless and ExternalName Services have no address that could be served.
        boolean isProgrammed =
                service.type() != ServiceType.EXTERNAL_NAME
                        && !service.clusterIps().isEmpty()
                        && !service.nodeTraffic().delegated();
        return isProgrammed ? new Mapper(service, settings, algorithms).map() : NONE;
    }

    static ObjectRef ref(Service service) {
        return new ObjectRef("Service", service.name().namespace(), service.name().name());
    }

    private static final class Mapper {

        private final Service service;
        private final L4Settings settings;
        private final ServiceAnnotations annotations;
        private final List<Problem> problems = new ArrayList<>();
        private final List<Cidr> sourceRanges;

        Mapper(Service service, L4Settings settings, Set<Algorithm> algorithms) {
            this.service = service;
            this.settings = settings;
            this.annotations = ServiceAnnotations.of(service, algorithms, problems);
            this.sourceRanges = sourceRanges();
        }

        ServiceMapping map() {
            List<VirtualService> services = new ArrayList<>();
            for (IpFamily family : IpFamily.values()) {
                String clusterIp =
                        ofFamily(service.clusterIps(), family).stream().findFirst().orElse(null);
                // A Service has a family by its cluster addresses alone (kube-proxy).
                if (clusterIp != null) {
                    for (ServicePort port : service.ports()) {
                        services.add(virtualService(port, family, clusterIp));
                    }
                }
            }
            reportFamilies(services);
            return new ServiceMapping(services, problems);
        }

        private VirtualService virtualService(ServicePort port, IpFamily family, String clusterIp) {
            NodeTraffic traffic = service.nodeTraffic();
            EndpointChoice choice =
                    EndpointChoice.of(
                            service.endpointsOf(port).stream()
                                    .filter(endpoint -> IpFamily.of(endpoint.address()) == family)
                                    .toList(),
                            settings);
            String node = settings.nodeName();
            return new VirtualService(
                    new VirtualServiceId(service.name(), port.name(), port.protocol(), family),
                    port.port(),
                    clusterIp,
                    without(ofFamily(traffic.externalIps(), family), List.of(clusterIp)),
                    loadBalancerIps(family, clusterIp),
                    service.type() == ServiceType.CLUSTER_IP ? 0 : port.nodePort(),
                    rangesOf(family),
                    traffic.internalTrafficPolicy(),
                    traffic.externalTrafficPolicy(),
                    service.affinity() == null ? null : service.affinity().timeout(),
                    annotations.algorithm(),
                    annotations.ipvsScheduler(),
                    destinations(choice.used()),
                    node == null ? List.of() : destinations(choice.local(node)));
        }

        private List<String> loadBalancerIps(IpFamily family, String clusterIp) {
            NodeTraffic traffic = service.nodeTraffic();
            if (service.type() != ServiceType.LOAD_BALANCER) {
                return List.of();
            }
            List<String> taken = new ArrayList<>(traffic.externalIps());
            taken.add(clusterIp);
            List<String> addresses = without(ofFamily(traffic.loadBalancerIps(), family), taken);
            boolean isClosed =
                    !traffic.loadBalancerSourceRanges().isEmpty() && rangesOf(family).isEmpty();
            if (!isClosed || addresses.isEmpty()) {
                return addresses;
            }
            // To allow everybody because no range could be used would open what was to be closed.
            add(
                    "spec.loadBalancerSourceRanges",
                    "no range is of the family of " + String.join(", ", addresses),
                    "it is not served there");
            return List.of();
        }

        private List<Cidr> rangesOf(IpFamily family) {
            return sourceRanges.stream().filter(range -> range.family() == family).toList();
        }

        private List<Destination> destinations(List<Endpoint> endpoints) {
            List<Destination> destinations = new ArrayList<>(endpoints.size());
            for (Endpoint endpoint : endpoints) {
                boolean isLocal =
                        settings.nodeName() != null
                                && settings.nodeName().equals(endpoint.nodeName());
                destinations.add(
                        new Destination(
                                endpoint.address(),
                                endpoint.port(),
                                isLocal,
                                annotations.weight(endpoint)));
            }
            return destinations;
        }

        private List<Cidr> sourceRanges() {
            List<Cidr> ranges = new ArrayList<>();
            List<String> texts = service.nodeTraffic().loadBalancerSourceRanges();
            for (int i = 0; i < texts.size(); i++) {
                try {
                    ranges.add(Cidr.parse(texts.get(i)));
                } catch (IllegalArgumentException _) {
                    add(
                            "spec.loadBalancerSourceRanges[" + i + "]",
                            "'" + texts.get(i) + "' is no network (expected: as 10.0.0.0/8)",
                            "the range is left out; sources in no other range are still dropped");
                }
            }
            return ranges;
        }

        private void reportFamilies(List<VirtualService> services) {
            for (ServicePort port : service.ports()) {
                List<Endpoint> endpoints = service.endpointsOf(port);
                boolean anyOfFamily =
                        services.stream()
                                .filter(virtual -> virtual.id().portName().equals(port.name()))
                                .anyMatch(virtual ->
                                        endpoints.stream()
                                                .anyMatch(endpoint ->
                                                        IpFamily.of(endpoint.address())
                                                                == virtual.id().family()));
                if (!endpoints.isEmpty() && !anyOfFamily) {
                    add(
                            "spec.clusterIPs",
                            "no endpoint of port "
                                    + (port.name().isEmpty() ? port.port() : port.name())
                                    + " has the family of a cluster address",
                            "connections to the port are refused");
                }
            }
        }

        private void add(String field, String message, String consequence) {
            problems.add(
                    new Problem(
                            ref(service),
                            field,
                            ProblemReason.InvalidField,
                            message,
                            consequence,
                            null));
        }

        private static List<String> ofFamily(List<String> addresses, IpFamily family) {
            return addresses.stream()
                    .filter(address -> IpFamily.of(address) == family)
                    .distinct()
                    .toList();
        }

        private static List<String> without(List<String> addresses, List<String> taken) {
            return addresses.stream().filter(address -> !taken.contains(address)).toList();
        }
    }
}
