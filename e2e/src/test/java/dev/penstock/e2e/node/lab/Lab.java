package dev.penstock.e2e.node.lab;

import dev.penstock.e2e.harness.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * The lab: two clients and two nodes on one network segment, a client pod and two backends on the
 * first node, one backend on the second, each with IPv4 and IPv6.
 *
 * <pre>
 *   c  172.18.0.21 ──┐            ┌── p  10.244.1.2
 *   c2 172.18.0.22 ──┤            ├── b1 10.244.1.3
 *                    ├── node1 ───┴── b2 10.244.1.4
 *      172.18.0.1 ───┤   172.18.0.11, 172.18.1.11
 *                    └── node2 ────── b3 10.244.2.3
 *                        172.18.0.12
 * </pre>
 *
 * Clients and pods send what is for Services (10.96.0.0/16, fd00:96::/112) and for external
 * addresses (198.51.100.0/24, fd00:ee::/112) to their node, the clients to node1. Nobody else knows
 * these networks: what no rule takes comes back as unreachable, what is under 198.18.0.0/15
 * disappears. Pods hang on links of their own, as with Calico, so that all traffic passes the node.
 */
public final class Lab implements AutoCloseable {
    /** The networks of all pods, as {@code --cluster-cidr} takes them. */
    public static final String POD_CIDRS = "10.244.0.0/16,fd00:244::/56";

    /** An address that swallows what is sent to it. */
    public static final String BLACKHOLE = "198.18.0.1";

    private static final String ROUTER_MAC = "ee:ee:ee:ee:ee:ee";

    private final List<AutoCloseable> open = new ArrayList<>();
    private int pods;

    private final NetworkNamespace segment;
    private final Host client;
    private final Host otherClient;
    private final Host node1;
    private final Host node2;
    private final Host pod;
    private final List<Host> backends = new ArrayList<>();

    private Lab() throws IOException {
        segment = namespace("segment");
        segment.ip(
                """
                link add br0 type bridge
                link set br0 up
                addr add 172.18.0.1/24 dev br0
                addr add fd00:18::1/64 dev br0 nodad
                route add blackhole 198.18.0.0/15
                """);
        client = machine("c", 21);
        otherClient = machine("c2", 22);
        node1 = machine("node1", 11);
        node2 = machine("node2", 12);
        routes();
        pod = pod(node1, "p", 1, 2);
        backends.add(pod(node1, "b1", 1, 3));
        backends.add(pod(node1, "b2", 1, 4));
        backends.add(pod(node2, "b3", 2, 3));
        for (Host backend : backends) {
            open.add(new PodServers(backend));
        }
    }

    /** Builds it. */
    public static Lab create() throws IOException {
        return new Lab();
    }

    private NetworkNamespace namespace(String name) throws IOException {
        NetworkNamespace namespace = NetworkNamespace.create(name);
        open.add(namespace);
        // Errors come at once and always, and addresses work from the start.
        namespace.sysctl("net/ipv4/icmp_ratelimit", "0");
        namespace.sysctl("net/ipv6/icmp/ratelimit", "0");
        namespace.sysctl("net/ipv4/ip_forward", "1");
        for (String scope : List.of("all", "default")) {
            namespace.sysctl("net/ipv6/conf/" + scope + "/forwarding", "1");
            namespace.sysctl("net/ipv6/conf/" + scope + "/accept_dad", "0");
            namespace.sysctl("net/ipv6/conf/" + scope + "/accept_ra", "0");
            namespace.sysctl("net/ipv4/conf/" + scope + "/send_redirects", "0");
            namespace.sysctl("net/ipv4/conf/" + scope + "/accept_redirects", "0");
            namespace.sysctl("net/ipv6/conf/" + scope + "/accept_redirects", "0");
            namespace.sysctl("net/ipv4/conf/" + scope + "/rp_filter", "0");
        }
        namespace.ip("link set lo up\n");
        return namespace;
    }

    private Host machine(String name, int number) throws IOException {
        NetworkNamespace network = namespace(name);
        segment.ip(
                """
                link add %1$s type veth peer name eth0 netns %2$s
                link set %1$s master br0 up
                """
                        .formatted(name, network.path()));
        network.ip(
                """
                link set eth0 up
                addr add 172.18.0.%1$d/24 dev eth0
                addr add fd00:18::%1$d/64 dev eth0 nodad
                route add default via 172.18.0.1
                route add default via fd00:18::1
                """
                        .formatted(number));
        return new Host(name, network, "172.18.0." + number, "fd00:18::" + number);
    }

    private void routes() {
        for (Host each : List.of(client, otherClient)) {
            each.network()
                    .ip(
                            """
                            route add 10.96.0.0/16 via 172.18.0.11
                            route add 198.51.100.0/24 via 172.18.0.11
                            route add 172.18.1.0/24 via 172.18.0.11
                            route add fd00:96::/112 via fd00:18::11
                            route add fd00:ee::/112 via fd00:18::11
                            route add fd00:18:1::/64 via fd00:18::11
                            """);
        }
        segment.ip(
                """
                route add 10.244.1.0/24 via 172.18.0.11
                route add 10.244.2.0/24 via 172.18.0.12
                route add 172.18.1.0/24 via 172.18.0.11
                route add fd00:244:0:1::/64 via fd00:18::11
                route add fd00:244:0:2::/64 via fd00:18::12
                route add fd00:18:1::/64 via fd00:18::11
                """);
        // The second address of IPv6 is not one to speak from.
        node1.network()
                .ip(
                        """
                        addr add 172.18.1.11/32 dev eth0
                        addr add fd00:18:1::11/128 dev eth0 nodad preferred_lft 0
                        route add 10.244.2.0/24 via 172.18.0.12
                        route add fd00:244:0:2::/64 via fd00:18::12
                        """);
        node2.network()
                .ip(
                        """
                        route add 10.244.1.0/24 via 172.18.0.11
                        route add fd00:244:0:1::/64 via fd00:18::11
                        """);
    }

    private Host pod(Host node, String name, int subnet, int number) throws IOException {
        NetworkNamespace network = namespace(name);
        Host host =
                new Host(
                        name,
                        network,
                        "10.244.%d.%d".formatted(subnet, number),
                        "fd00:244:0:%d::%d".formatted(subnet, number));
        String mac = "02:00:00:00:00:%02x".formatted(++pods);
        node.network()
                .ip(
                        """
                        link add %1$s address %2$s type veth peer name eth0 address %3$s netns %4$s
                        link set %1$s up
                        route add %5$s/32 dev %1$s
                        route add %6$s/128 dev %1$s
                        neigh add %5$s lladdr %3$s dev %1$s nud permanent
                        neigh add %6$s lladdr %3$s dev %1$s nud permanent
                        """
                                .formatted(
                                        name,
                                        ROUTER_MAC,
                                        mac,
                                        network.path(),
                                        host.ipv4(),
                                        host.ipv6()));
        network.ip(
                """
                link set eth0 up
                addr add %1$s/32 dev eth0
                addr add %2$s/128 dev eth0 nodad
                neigh add 169.254.1.1 lladdr %3$s dev eth0 nud permanent
                neigh add fe80::1 lladdr %3$s dev eth0 nud permanent
                route add 169.254.1.1 dev eth0 scope link
                route add default via 169.254.1.1 dev eth0
                route add default via fe80::1 dev eth0
                """
                        .formatted(host.ipv4(), host.ipv6(), ROUTER_MAC));
        return host;
    }

    /** A client outside. */
    public Host client() {
        return client;
    }

    /** Another client outside. */
    public Host otherClient() {
        return otherClient;
    }

    /** The node that the program runs on. */
    public Host node1() {
        return node1;
    }

    /** A node without the program. */
    public Host node2() {
        return node2;
    }

    /** A pod on node1 that is a client. */
    public Host pod() {
        return pod;
    }

    /** A backend on node1. */
    public Host b1() {
        return backends.get(0);
    }

    /** Another backend on node1. */
    public Host b2() {
        return backends.get(1);
    }

    /** A backend on node2. */
    public Host b3() {
        return backends.get(2);
    }

    /** All backends. */
    public List<Host> backends() {
        return Collections.unmodifiableList(backends);
    }

    /** An address of node1 that is not its first one, of the family of another address. */
    public String secondAddressLike(String other) {
        return other.indexOf(':') >= 0 ? "fd00:18:1::11" : "172.18.1.11";
    }

    /** Whether a backend saw node1 instead of the client. */
    public boolean isNode1(String address) {
        InetAddress seen = InetAddress.ofLiteral(address);
        return Stream.of(node1.ipv4(), node1.ipv6(), "172.18.1.11", "fd00:18:1::11")
                .anyMatch(each -> InetAddress.ofLiteral(each).equals(seen));
    }

    @Override
    public void close() {
        for (AutoCloseable each : open.reversed()) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
