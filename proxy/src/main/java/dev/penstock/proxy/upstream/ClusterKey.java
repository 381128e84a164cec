package dev.penstock.proxy.upstream;

import dev.penstock.model.http.BackendProtocol;
import dev.penstock.model.http.RoutePolicy;
import dev.penstock.model.service.LoadBalancing;
import dev.penstock.model.service.ServicePortRef;

/**
 * What makes two routes use the same pools and the same balancer.
 *
 * @param service the Service and its port
 * @param protocol what is spoken
 * @param loadBalancing how an endpoint is chosen
 * @param serviceUpstream connect to the Service's own address
 * @param verifyTls check the endpoints' certificates
 */
public record ClusterKey(
        ServicePortRef service,
        BackendProtocol protocol,
        LoadBalancing loadBalancing,
        boolean serviceUpstream,
        boolean verifyTls) {

    /** The key of a route that forwards. */
    public static ClusterKey of(ServicePortRef service, RoutePolicy policy) {
        BackendProtocol protocol = policy.backendProtocol();
        return new ClusterKey(
                service,
                protocol == BackendProtocol.GRPC ? BackendProtocol.H2C : protocol,
                policy.loadBalancing(),
                policy.serviceUpstream(),
                protocol.usesTls() && policy.upstreamTlsVerify());
    }
}
