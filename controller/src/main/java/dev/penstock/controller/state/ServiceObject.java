package dev.penstock.controller.state;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import java.util.List;

/**
 * A Service.
 *
 * @param meta name, age and place
 * @param service the Service, still without endpoints
 * @param statusAddresses IPs and host names in {@code status.loadBalancer.ingress}
 * @param balancer what it says about load balancer addresses
 * @param findings what was wrong with its fields
 */
public record ServiceObject(
        ObjectMeta meta,
        Service service,
        List<String> statusAddresses,
        LoadBalancerSpec balancer,
        List<Finding> findings)
        implements KubernetesObject {

    /** The object's kind. */
    public static final String KIND = "Service";

    public ServiceObject {
        requireNonNull(meta, "meta");
        requireNonNull(service, "service");
        statusAddresses = List.copyOf(statusAddresses);
        requireNonNull(balancer, "balancer");
        findings = List.copyOf(findings);
    }

    /** Namespace and name. */
    public ServiceName name() {
        return service.name();
    }

    @Override
    public ServiceObject withMeta(ObjectMeta newMeta) {
        return new ServiceObject(newMeta, service, statusAddresses, balancer, findings);
    }

    /** The same Service with these load balancer addresses, as if its status had them. */
    public ServiceObject withBalancerAddresses(List<String> addresses) {
        return new ServiceObject(
                meta,
                service.withTraffic(service.nodeTraffic().withLoadBalancerIps(addresses)),
                addresses,
                balancer,
                findings);
    }
}
