package dev.penstock.l4;

import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.NodeTraffic;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.ServicePort;
import dev.penstock.model.service.ServicePortRef;
import dev.penstock.model.service.ServiceType;
import dev.penstock.model.service.Services;
import dev.penstock.model.service.SessionAffinity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Services in the namespace {@code default}, with the port {@code http} 80. */
final class TestServices {

    static final ServicePortRef WEB = ref("web", 80);

    private TestServices() {}

    static ServicePortRef ref(String name, int port) {
        return ServicePortRef.byNumber(new ServiceName("default", name), port);
    }

    static Services services(Service... services) {
        Map<ServiceName, Service> byName = new HashMap<>();
        for (Service service : services) {
            byName.put(service.name(), service);
        }
        return Services.of(byName);
    }

    static Service web(Endpoint... endpoints) {
        return web(null, endpoints);
    }

    static Service web(@Nullable SessionAffinity affinity, Endpoint... endpoints) {
        return clusterIp(List.of("10.96.0.1"), affinity, Map.of("http", List.of(endpoints)));
    }

    static Service clusterIp(
            List<String> clusterIps,
            @Nullable SessionAffinity affinity,
            Map<String, List<Endpoint>> endpoints) {
        return new Service(
                WEB.service(),
                ServiceType.CLUSTER_IP,
                clusterIps,
                List.of(
                        port("http", Protocol.TCP, 80),
                        port("https", Protocol.TCP, 443),
                        port("dns", Protocol.UDP, 53)),
                affinity,
                null,
                NodeTraffic.DEFAULT,
                endpoints,
                Map.of(),
                null);
    }

    static Service externalName(@Nullable String externalName, ServicePort... ports) {
        return new Service(
                WEB.service(),
                ServiceType.EXTERNAL_NAME,
                List.of(),
                List.of(ports),
                null,
                externalName,
                NodeTraffic.DEFAULT,
                Map.of(),
                Map.of(),
                null);
    }

    static ServicePort port(String name, Protocol protocol, int number) {
        return new ServicePort(name, protocol, number, "", 0, "");
    }

    static Endpoint ready(String address) {
        return Endpoint.ready(address, 8080);
    }

    static List<String> authorities(EndpointSet set) {
        return set.asList().stream().map(LiveEndpoint::authority).toList();
    }
}
