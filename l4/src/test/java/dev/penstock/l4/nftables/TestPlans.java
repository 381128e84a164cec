package dev.penstock.l4.nftables;

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

/** Plans of a few services, written out. */
final class TestPlans {

    /** A node with pods of 10.244.0.0/16 and one address. */
    static final NodeFacts NODE =
            new NodeFacts(
                    List.of(Cidr.parse("10.244.0.0/16"), Cidr.parse("fd00:244::/56")),
                    List.of(),
                    false,
                    false,
                    List.of("192.168.1.1", "fd00:1::1"));

    private TestPlans() {}

    static NodePlan of(VirtualService... services) {
        ShardedMap.Editor<VirtualServiceId, VirtualService> editor =
                ShardedMap.<VirtualServiceId, VirtualService>empty().edit();
        for (VirtualService service : services) {
            editor.put(service.id(), service);
        }
        return new NodePlan(editor.result(), NODE);
    }

    /** TCP, port 80 to port 8080 of destinations on another node. */
    static VirtualService service(String name, String clusterIp, String... destinations) {
        List<Destination> cluster =
                Stream.of(destinations)
                        .map(address -> new Destination(address, 8080, false, 1))
                        .toList();
        return new VirtualService(
                new VirtualServiceId(
                        new ServiceName("default", name), "", Protocol.TCP, IpFamily.of(clusterIp)),
                80,
                clusterIp,
                List.of(),
                List.of(),
                0,
                List.of(),
                TrafficPolicy.CLUSTER,
                TrafficPolicy.CLUSTER,
                null,
                null,
                null,
                cluster,
                List.of());
    }

    static VirtualService withAffinity(
            VirtualService service, @Nullable Duration affinity, int nodePort) {
        return new VirtualService(
                service.id(),
                service.port(),
                service.clusterIp(),
                service.externalIps(),
                service.loadBalancerIps(),
                nodePort,
                service.sourceRanges(),
                service.internalPolicy(),
                service.externalPolicy(),
                affinity,
                service.algorithm(),
                null,
                service.cluster(),
                service.local());
    }

    static VirtualService withNodePort(VirtualService service, int nodePort) {
        return withAffinity(service, null, nodePort);
    }

    static VirtualService withAlgorithm(VirtualService service, Algorithm algorithm) {
        return new VirtualService(
                service.id(),
                service.port(),
                service.clusterIp(),
                service.externalIps(),
                service.loadBalancerIps(),
                service.nodePort(),
                service.sourceRanges(),
                service.internalPolicy(),
                service.externalPolicy(),
                service.affinity(),
                algorithm,
                null,
                service.cluster(),
                service.local());
    }
}
