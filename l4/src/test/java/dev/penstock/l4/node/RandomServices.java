package dev.penstock.l4.node;

import dev.penstock.l4.L4Settings;
import dev.penstock.l4.node.PacketModel.Packet;
import dev.penstock.model.address.Cidr;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.NodeTraffic;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.ServicePort;
import dev.penstock.model.service.ServiceType;
import dev.penstock.model.service.Services;
import dev.penstock.model.service.SessionAffinity;
import dev.penstock.model.service.TrafficPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Makes Services, facts of a node and packets that often meet each other: few addresses, few ports,
 * every field in use. The same seed gives the same sequence.
 */
public final class RandomServices {

    /** This node's name; the other is {@code node2}. */
    public static final String NODE = "node1";

    private static final List<String> NODE_ADDRESSES = List.of("192.168.1.1", "fd00:1::1");
    private static final List<String> OUTSIDE = List.of("203.0.113.7", "2001:db8::7");
    private static final List<String> EXTERNAL = List.of("198.51.100.1", "2001:db8:1::1");

    private final RandomGenerator random;

    public RandomServices(RandomGenerator random) {
        this.random = random;
    }

    /** Where {@link #NODE} is. */
    public static L4Settings settings() {
        return new L4Settings(
                true, false, NODE, "zoneA", List.of(), L4Settings.AFFINITY_CLIENTS_DEFAULT);
    }

    /** Some Services, by name. */
    public Map<ServiceName, Service> services(int count) {
        Map<ServiceName, Service> services = new HashMap<>();
        for (int i = 0; i < count; i++) {
            Service service = service(i);
            services.put(service.name(), service);
        }
        return services;
    }

    /** The same with some added, removed or replaced. */
    public void change(Map<ServiceName, Service> services, int count) {
        int i = random.nextInt(count);
        Service service = service(i);
        if (random.nextInt(4) == 0) {
            services.remove(service.name());
        } else {
            services.put(service.name(), service);
        }
    }

    public static Services of(Map<ServiceName, Service> services) {
        return Services.of(services);
    }

    /** What the node is like. */
    public NodeFacts facts() {
        return new NodeFacts(
                chance(5)
                        ? List.of()
                        : List.of(Cidr.parse("10.244.0.0/16"), Cidr.parse("fd00:244::/56")),
                chance(2)
                        ? List.of()
                        : List.of(Cidr.parse(chance(2) ? "192.168.1.0/24" : "192.168.9.0/24")),
                chance(5),
                false,
                NODE_ADDRESSES);
    }

    /** The service of a number: its addresses are its own, mostly. */
    public Service service(int i) {
        ServiceType type = ServiceType.values()[random.nextInt(ServiceType.values().length - 1)];
        List<ServicePort> ports = ports(i, type);
        Map<String, List<Endpoint>> endpoints = new HashMap<>();
        for (ServicePort port : ports) {
            if (!chance(5)) {
                endpoints.put(port.name(), endpoints());
            }
        }
        return new Service(
                new ServiceName("ns" + i % 3, "svc" + i),
                type,
                clusterIps(chance(10) ? i + 1 : i),
                ports,
                chance(3) ? new SessionAffinity(Duration.ofSeconds(chance(2) ? 10 : 10_800)) : null,
                null,
                traffic(type, i),
                endpoints,
                annotations(),
                null);
    }

    private Map<String, String> annotations() {
        Map<String, String> annotations = new HashMap<>();
        if (chance(2)) {
            annotations.put("l4-algorithm", pick(List.of(Algorithm.values())).annotationValue());
        }
        if (chance(3)) {
            annotations.put("l4-weights", "node1=3,node2=" + random.nextInt(3));
        }
        return annotations;
    }

    private List<String> clusterIps(int i) {
        String v4 = "10.96.0." + (i + 1);
        String v6 = "fd00:96::" + Integer.toHexString(i + 1);
        return switch (random.nextInt(4)) {
            case 0 -> List.of(v6);
            case 1 -> List.of(v4, v6);
            default -> List.of(v4);
        };
    }

    private List<ServicePort> ports(int i, ServiceType type) {
        List<ServicePort> ports = new ArrayList<>();
        int count = 1 + random.nextInt(2);
        for (int p = 0; p < count; p++) {
            Protocol protocol = pick(List.of(Protocol.values()));
            int nodePort = type == ServiceType.CLUSTER_IP ? 0 : 30_000 + 2 * i + p;
            ports.add(new ServicePort("p" + p, protocol, 80 + p, "", nodePort, ""));
        }
        return ports;
    }

    private List<Endpoint> endpoints() {
        List<Endpoint> endpoints = new ArrayList<>();
        int count = random.nextInt(4);
        for (int e = 0; e < count; e++) {
            endpoints.add(endpoint("10.244." + e + "." + (2 + random.nextInt(3)), e));
            endpoints.add(
                    endpoint(
                            (e == 0 ? "fd00:244::" : "fd00:244:0:" + e + "::")
                                    + (2 + random.nextInt(3)),
                            e));
        }
        return endpoints;
    }

    private Endpoint endpoint(String address, int e) {
        boolean ready = !chance(4);
        boolean terminating = !ready && chance(2);
        return new Endpoint(
                address,
                8080 + random.nextInt(2),
                ready,
                ready || chance(2),
                terminating,
                e % 2 == 0 ? NODE : "node2",
                e % 2 == 0 ? "zoneA" : "zoneB",
                Endpoint.Hints.NONE,
                null);
    }

    private NodeTraffic traffic(ServiceType type, int i) {
        boolean isBalanced = type == ServiceType.LOAD_BALANCER;
        return new NodeTraffic(
                chance(3)
                        ? List.of("198.51.100." + (10 + i), "2001:db8:1::" + (10 + i))
                        : List.of(),
                isBalanced
                        ? List.of("198.51.100." + (100 + i), "2001:db8:1::" + (100 + i))
                        : List.of(),
                isBalanced && chance(2)
                        ? List.of(chance(2) ? "203.0.113.0/24" : "192.168.1.0/24", "2001:db8::/64")
                        : List.of(),
                policy(),
                policy(),
                0,
                false);
    }

    private TrafficPolicy policy() {
        return chance(3) ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER;
    }

    /** A packet that is likely to mean a Service of the plan. */
    public Packet packet(NodePlan plan) {
        List<VirtualService> services = List.copyOf(plan.services().values());
        VirtualService service = services.isEmpty() ? null : pick(services);
        List<String> to = new ArrayList<>(NODE_ADDRESSES);
        List<String> from = new ArrayList<>(OUTSIDE);
        from.addAll(NODE_ADDRESSES);
        from.addAll(List.of("10.244.0.2", "10.244.1.3", "fd00:244::2", "fd00:244:0:1::3"));
        to.addAll(EXTERNAL);
        if (service != null) {
            addAll(to, service.clusterIp());
            to.addAll(service.externalIps());
            to.addAll(service.loadBalancerIps());
            from.addAll(service.loadBalancerIps());
            service.cluster().forEach(destination -> from.add(destination.address()));
        }
        String destination = pick(to);
        boolean isV6 = destination.indexOf(':') >= 0;
        List<String> sources =
                from.stream().filter(address -> (address.indexOf(':') >= 0) == isV6).toList();
        return new Packet(
                service == null || chance(8)
                        ? pick(List.of(Protocol.values()))
                        : service.id().protocol(),
                pick(sources),
                destination,
                port(service));
    }

    private int port(@Nullable VirtualService service) {
        if (service == null || chance(10)) {
            return 81;
        }
        return service.nodePort() != 0 && chance(3) ? service.nodePort() : service.port();
    }

    private static void addAll(List<String> list, @Nullable String address) {
        if (address != null) {
            list.add(address);
        }
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
