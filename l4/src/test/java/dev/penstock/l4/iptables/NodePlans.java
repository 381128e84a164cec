package dev.penstock.l4.iptables;

import dev.penstock.l4.node.Algorithm;
import dev.penstock.l4.node.Destination;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.l4.node.VirtualServiceId;
import dev.penstock.model.address.Cidr;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.collect.ShardedMap;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.TrafficPolicy;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Plans for tests of this package. */
final class NodePlans {

    private static final NodeFacts FACTS =
            new NodeFacts(
                    List.of(Cidr.parse("10.244.0.0/16"), Cidr.parse("fd00:244::/56")),
                    List.of(),
                    false,
                    false,
                    List.of("192.168.1.1", "fd00:1::1"));

    private NodePlans() {}

    static NodePlan of(VirtualService... services) {
        ShardedMap.Editor<VirtualServiceId, VirtualService> editor =
                ShardedMap.<VirtualServiceId, VirtualService>empty().edit();
        for (VirtualService service : services) {
            editor.put(service.id(), service);
        }
        return new NodePlan(editor.result(), FACTS);
    }

    /** A Service with a cluster address. */
    static VirtualService service(int i, String... endpoints) {
        return service("plain" + i, null, null, Protocol.TCP, "10.96.0." + i, endpoints);
    }

    static VirtualService service(
            String name,
            @Nullable Algorithm algorithm,
            @Nullable Duration affinity,
            Protocol protocol,
            String address,
            String... endpoints) {
        List<Destination> destinations =
                Stream.of(endpoints)
                        .map(endpoint ->
                                new Destination(
                                        endpoint, 80, false, endpoint.endsWith("3") ? 3 : 1))
                        .toList();
        return new VirtualService(
                new VirtualServiceId(
                        new ServiceName("ns", name), "http", protocol, IpFamily.of(address)),
                80,
                address,
                List.of(),
                List.of(),
                0,
                List.of(),
                TrafficPolicy.CLUSTER,
                TrafficPolicy.CLUSTER,
                affinity,
                algorithm,
                null,
                destinations,
                List.of());
    }

    /** A Service with everything, whose endpoints are on this node and another. */
    static VirtualService balanced(String name, int last, TrafficPolicy policy, int endpoints) {
        List<Destination> all =
                Stream.of(
                                new Destination("10.244.0.2", 8080, true, 1),
                                new Destination("10.244.1.2", 8080, false, 1))
                        .limit(endpoints)
                        .toList();
        return new VirtualService(
                new VirtualServiceId(
                        new ServiceName("ns", name), "http", Protocol.TCP, IpFamily.IPV4),
                80,
                "10.96.1." + last,
                List.of("198.51.100." + last),
                List.of("203.0.113." + last),
                30_000 + last,
                List.of(Cidr.parse("192.168.0.0/16")),
                policy,
                policy,
                null,
                null,
                null,
                all,
                all.stream().filter(Destination::local).toList());
    }
}
