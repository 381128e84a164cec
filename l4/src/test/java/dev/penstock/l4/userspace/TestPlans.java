package dev.penstock.l4.userspace;

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
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes plans for tests. */
final class TestPlans {

    private TestPlans() {}

    /** A service with a cluster address and no destinations. */
    static Draft service(String name, Protocol protocol, String clusterIp) {
        return new Draft(name, protocol, clusterIp);
    }

    static NodePlan plan(VirtualService... services) {
        return plan(NodeFacts.NONE, services);
    }

    static NodePlan plan(NodeFacts node, VirtualService... services) {
        ShardedMap.Editor<VirtualServiceId, VirtualService> editor =
                ShardedMap.<VirtualServiceId, VirtualService>empty().edit();
        for (VirtualService service : services) {
            editor.put(service.id(), service);
        }
        return new NodePlan(editor.result(), node);
    }

    /** A plan that differs from another in some services. */
    static NodePlan changed(NodePlan before, VirtualService... services) {
        ShardedMap.Editor<VirtualServiceId, VirtualService> editor = before.services().edit();
        for (VirtualService service : services) {
            editor.put(service.id(), service);
        }
        return new NodePlan(editor.result(), before.node());
    }

    static Destination destination(InetSocketAddress address) {
        return destination(address, true, 1);
    }

    static Destination destination(InetSocketAddress address, boolean local, int weight) {
        return new Destination(
                address.getAddress().getHostAddress(), address.getPort(), local, weight);
    }

    /** A virtual service in the making. */
    static final class Draft {

        private final VirtualServiceId id;
        private final String clusterIp;
        private int port = 80;
        private List<String> externalIps = List.of();
        private List<String> loadBalancerIps = List.of();
        private int nodePort;
        private List<Cidr> ranges = List.of();
        private TrafficPolicy internal = TrafficPolicy.CLUSTER;
        private TrafficPolicy external = TrafficPolicy.CLUSTER;
        private @Nullable Duration affinity;
        private @Nullable Algorithm algorithm;
        private List<Destination> destinations = List.of();

        private Draft(String name, Protocol protocol, String clusterIp) {
            this.id =
                    new VirtualServiceId(
                            new ServiceName("test", name), "", protocol, IpFamily.of(clusterIp));
            this.clusterIp = clusterIp;
        }

        Draft port(int value) {
            port = value;
            return this;
        }

        Draft externalIps(String... addresses) {
            externalIps = List.of(addresses);
            return this;
        }

        Draft loadBalancer(String address, String... sources) {
            loadBalancerIps = List.of(address);
            ranges = Stream.of(sources).map(Cidr::parse).toList();
            return this;
        }

        Draft nodePort(int value) {
            nodePort = value;
            return this;
        }

        Draft internal(TrafficPolicy policy) {
            internal = policy;
            return this;
        }

        Draft external(TrafficPolicy policy) {
            external = policy;
            return this;
        }

        Draft affinity(Duration timeout) {
            affinity = timeout;
            return this;
        }

        Draft algorithm(Algorithm value) {
            algorithm = value;
            return this;
        }

        VirtualService to(InetSocketAddress... addresses) {
            return to(Stream.of(addresses).map(TestPlans::destination).toArray(Destination[]::new));
        }

        VirtualService to(Destination... all) {
            destinations = List.of(all);
            return new VirtualService(
                    id,
                    port,
                    clusterIp,
                    externalIps,
                    loadBalancerIps,
                    nodePort,
                    ranges,
                    internal,
                    external,
                    affinity,
                    algorithm,
                    null,
                    destinations,
                    destinations.stream().filter(Destination::local).toList());
        }
    }
}
