package dev.penstock.l4.ipvs;

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
import org.jspecify.annotations.Nullable;

/** Plans for tests, changed step by step. */
final class TestPlan {

    static final NodeFacts NODE =
            new NodeFacts(
                    List.of(Cidr.parse("10.244.0.0/16"), Cidr.parse("fd00:244::/56")),
                    List.of(),
                    false,
                    false,
                    List.of("192.168.1.1", "fd00:1::1"));

    private ShardedMap<VirtualServiceId, VirtualService> services = ShardedMap.empty();
    private NodeFacts node = NODE;

    TestPlan node(NodeFacts facts) {
        node = facts;
        return this;
    }

    TestPlan put(VirtualService service) {
        ShardedMap.Editor<VirtualServiceId, VirtualService> editor = services.edit();
        editor.put(service.id(), service);
        services = editor.result();
        return this;
    }

    TestPlan put(TestService service) {
        return put(service.build());
    }

    TestPlan remove(String name) {
        ShardedMap.Editor<VirtualServiceId, VirtualService> editor = services.edit();
        services.keySet().stream()
                .filter(id -> id.service().name().equals(name))
                .toList()
                .forEach(editor::remove);
        services = editor.result();
        return this;
    }

    NodePlan plan() {
        return new NodePlan(services, node);
    }

    /** A virtual service in the making: TCP, port 80, policies Cluster. */
    static final class TestService {

        private final String name;
        private final String clusterIp;
        private Protocol protocol = Protocol.TCP;
        private List<String> externalIps = List.of();
        private List<String> loadBalancerIps = List.of();
        private int nodePort;
        private List<Cidr> ranges = List.of();
        private TrafficPolicy internal = TrafficPolicy.CLUSTER;
        private TrafficPolicy external = TrafficPolicy.CLUSTER;
        private @Nullable Duration affinity;
        private @Nullable String scheduler;
        private List<Destination> cluster = List.of();

        TestService(String name, String clusterIp) {
            this.name = name;
            this.clusterIp = clusterIp;
        }

        TestService udp() {
            protocol = Protocol.UDP;
            return this;
        }

        TestService external(String... addresses) {
            externalIps = List.of(addresses);
            return this;
        }

        TestService loadBalancer(String... addresses) {
            loadBalancerIps = List.of(addresses);
            return this;
        }

        TestService nodePort(int port) {
            nodePort = port;
            return this;
        }

        TestService ranges(String... networks) {
            ranges = List.of(networks).stream().map(Cidr::parse).toList();
            return this;
        }

        TestService internalLocal() {
            internal = TrafficPolicy.LOCAL;
            return this;
        }

        TestService externalLocal() {
            external = TrafficPolicy.LOCAL;
            return this;
        }

        TestService affinity(Duration timeout) {
            affinity = timeout;
            return this;
        }

        TestService scheduler(String ipvsScheduler) {
            scheduler = ipvsScheduler;
            return this;
        }

        TestService to(Destination... destinations) {
            cluster = List.of(destinations);
            return this;
        }

        TestService to(List<Destination> destinations) {
            cluster = List.copyOf(destinations);
            return this;
        }

        VirtualService build() {
            return new VirtualService(
                    new VirtualServiceId(
                            new ServiceName("default", name), "", protocol, IpFamily.of(clusterIp)),
                    80,
                    clusterIp,
                    externalIps,
                    loadBalancerIps,
                    nodePort,
                    ranges,
                    internal,
                    external,
                    affinity,
                    null,
                    scheduler,
                    cluster,
                    cluster.stream().filter(Destination::local).toList());
        }
    }

    static TestService service(String name, String clusterIp) {
        return new TestService(name, clusterIp);
    }

    /** A destination on this node. */
    static Destination here(String address, int port) {
        return new Destination(address, port, true, 1);
    }

    /** A destination on another node. */
    static Destination there(String address, int port) {
        return new Destination(address, port, false, 1);
    }
}
