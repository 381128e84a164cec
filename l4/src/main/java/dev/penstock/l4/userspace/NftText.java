package dev.penstock.l4.userspace;

import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.model.address.Cidr;
import dev.penstock.model.address.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The text of the nftables rules: a constant number of chains over maps from address, protocol and
 * port to the port of a socket, so that a change costs what it changes. Pure.
 *
 * <p>At priority -110, before translation, what must not be served is dropped or refused; at -100
 * the rest is redirected. "Near" are pods and this node, "far" is everyone else (see {@link
 * Redirect}). TCP is refused by resets, as the kernel sends a client one ICMP error a second.
 */
final class NftText {

    /** The name of both tables. */
    static final String NAME = "penstock-userspace";

    /** The tables with their families, as commands take them. */
    static final List<String> TABLES = List.of("ip " + NAME, "ip6 " + NAME);

    /** Fails where the kernel or the privileges for redirections are missing; leaves nothing. */
    static final String PROBE =
            """
            table ip penstock-userspace-probe {
              chain nat-prerouting {
                type nat hook prerouting priority -100 ;
                tcp dport 1 redirect to :2
                tcp dport 3 dnat to 192.0.2.1:4
              }
            }
            delete table ip penstock-userspace-probe
            """;

    @SuppressWarnings("InlineFormatString") // a text of this size stands apart
    private static final String TABLE =
            """
            table %1$s penstock-userspace {
              comment "made by penstock; redirections to its sockets"
              map services { type %2$s . inet_proto . inet_service : inet_service ; }
              map services-far { type %2$s . inet_proto . inet_service : inet_service ; }
              map node-ports { type inet_proto . inet_service : inet_service ; }
              map node-ports-far { type inet_proto . inet_service : inet_service ; }
              map refused { type %2$s . inet_proto . inet_service : verdict ; }
              map refused-far { type %2$s . inet_proto . inet_service : verdict ; }
              map node-ports-refused { type inet_proto . inet_service : verdict ; }
              map node-ports-refused-far { type inet_proto . inet_service : verdict ; }
              set ranged { type %2$s . inet_proto . inet_service ; }
              set ranges { type %2$s . inet_proto . inet_service . %2$s ; flags interval ; }
              set sockets { type inet_proto . inet_service ; }
              set pods { type %2$s ; flags interval ; auto-merge ; %3$s}
              chain refuse {
                meta l4proto tcp reject with tcp reset
                reject
              }
              chain filter-prerouting {
                type filter hook prerouting priority -110 ;
                ct state != new accept
                meta l4proto != { tcp, udp } accept
                %1$s daddr . meta l4proto . th dport @ranged %1$s daddr . meta l4proto . th dport . %1$s saddr != @ranges drop
                %1$s saddr != @pods %1$s daddr . meta l4proto . th dport vmap @refused-far
                %1$s daddr . meta l4proto . th dport vmap @refused
                %1$s saddr != @pods %4$s meta l4proto . th dport vmap @node-ports-refused-far
                %4$s meta l4proto . th dport vmap @node-ports-refused
              }
              chain filter-output {
                type filter hook output priority -110 ;
                ct state != new accept
                meta l4proto != { tcp, udp } accept
                %1$s daddr . meta l4proto . th dport @ranged %1$s daddr . meta l4proto . th dport . %1$s saddr != @ranges drop
                %1$s daddr . meta l4proto . th dport vmap @refused
                %5$s meta l4proto . th dport vmap @node-ports-refused
              }
              chain filter-input {
                type filter hook input priority 0 ;
                ct state new ct status ! dnat meta l4proto { tcp, udp } meta l4proto . th dport @sockets reject
              }
              chain nat-prerouting {
                type nat hook prerouting priority -100 ;
                meta l4proto { tcp, udp } %1$s saddr != @pods %6$s:%1$s daddr . meta l4proto . th dport map @services-far
                meta l4proto { tcp, udp } %6$s:%1$s daddr . meta l4proto . th dport map @services
                meta l4proto { tcp, udp } %1$s saddr != @pods %4$s %6$s:meta l4proto . th dport map @node-ports-far
                meta l4proto { tcp, udp } %4$s %6$s:meta l4proto . th dport map @node-ports
              }
              chain nat-output {
                type nat hook output priority -100 ;
                meta l4proto { tcp, udp } %6$s:%1$s daddr . meta l4proto . th dport map @services
                meta l4proto { tcp, udp } %5$s %6$s:meta l4proto . th dport map @node-ports
              }
            }
            """;

    private NftText() {}

    /**
     * One element of a set or map.
     *
     * @param table the family and name of its table
     * @param set the set's or map's name
     * @param key its key
     * @param value its value after a colon; empty in a set
     */
    record Element(String table, String set, String key, String value) {}

    /** The script that removes both tables whether they are there or not. */
    static String removal() {
        return TABLES.stream()
                .map(table -> "add table " + table + "\ndelete table " + table + "\n")
                .collect(Collectors.joining());
    }

    /** The script that makes both tables without Services. */
    static String tables(NodeFacts node) {
        return table(IpFamily.IPV4, node) + table(IpFamily.IPV6, node);
    }

    private static String table(IpFamily family, NodeFacts node) {
        List<Cidr> pods = node.podCidrs(family);
        return String.format(
                Locale.ROOT,
                TABLE,
                keyword(family),
                family == IpFamily.IPV4 ? "ipv4_addr" : "ipv6_addr",
                pods.isEmpty() ? "" : "elements = { " + commaSeparated(pods) + " } ; ",
                nodePortMatch(family, node, false),
                nodePortMatch(family, node, node.localhostNodePorts()),
                target(family, node));
    }

    /** What goes before the colon and the port of a socket. */
    private static String target(IpFamily family, NodeFacts node) {
        String address = Redirect.target(family, node);
        if (address == null) {
            return "redirect to ";
        }
        return "dnat to " + (family == IpFamily.IPV4 ? address : "[" + address + "]");
    }

    /** What matches addresses that node ports are served on. */
    private static String nodePortMatch(IpFamily family, NodeFacts node, boolean loopback) {
        String daddr = keyword(family) + " daddr";
        String loopbackNetwork = family == IpFamily.IPV4 ? "127.0.0.0/8" : "::1";
        String loopbackAddress = family == IpFamily.IPV4 ? "127.0.0.1" : "::1";
        List<Cidr> cidrs = node.nodePortCidrs(family);
        if (!node.hasNodePorts(family)) {
            return loopback
                    ? daddr + " " + loopbackAddress
                    : daddr + " " + loopbackNetwork + " " + daddr + " != " + loopbackNetwork;
        }
        String local = "fib daddr type local";
        if (!cidrs.isEmpty()) {
            String wanted = commaSeparated(cidrs);
            return local
                    + " "
                    + daddr
                    + " { "
                    + (loopback ? wanted + ", " + loopbackAddress : wanted)
                    + " }"
                    + (loopback ? "" : " " + daddr + " != " + loopbackNetwork);
        }
        return loopback && family == IpFamily.IPV6
                ? local
                : local
                        + " "
                        + daddr
                        + " != "
                        + (loopback ? "127.0.0.2-127.255.255.255" : loopbackNetwork);
    }

    private static String commaSeparated(List<Cidr> cidrs) {
        return cidrs.stream().map(Cidr::toString).distinct().collect(Collectors.joining(", "));
    }

    private static String keyword(IpFamily family) {
        return family == IpFamily.IPV4 ? "ip" : "ip6";
    }

    private static String table(IpFamily family) {
        return TABLES.get(family == IpFamily.IPV4 ? 0 : 1);
    }

    /** A virtual service's elements. */
    static List<Element> elements(Redirect redirect, NodeFacts node) {
        VirtualService service = redirect.service();
        Elements elements = new Elements(service);
        if (service.clusterIp() != null) {
            elements.address(service.clusterIp(), "", redirect.internal());
        }
        for (String address : redirect.externalAddresses()) {
            elements.address(address, "", redirect.near());
            if (!redirect.far().equals(redirect.near())) {
                elements.address(address, "-far", redirect.far());
            }
        }
        if (service.nodePort() > 0) {
            elements.nodePort("", redirect.near());
            if (!redirect.far().equals(redirect.near())) {
                elements.nodePort("-far", redirect.far());
            }
        }
        if (!service.sourceRanges().isEmpty()) {
            List<Cidr> allowed = redirect.allowedSources(node);
            service.loadBalancerIps().forEach(address -> elements.ranges(address, allowed));
        }
        elements.socket(redirect.clusterPort());
        elements.socket(redirect.localPort());
        return elements.list;
    }

    private static final class Elements {

        private final List<Element> list = new ArrayList<>();
        private final VirtualService service;
        private final String protocol;

        Elements(VirtualService service) {
            this.service = service;
            this.protocol = service.id().protocol().name().toLowerCase(Locale.ROOT);
        }

        private void add(String set, String key, String value) {
            list.add(new Element(table(service.id().family()), set, key, value));
        }

        void address(String address, String whose, Redirect.Fate fate) {
            add("services", "refused", whose, key(address), fate);
        }

        void nodePort(String whose, Redirect.Fate fate) {
            String key = protocol + " . " + service.nodePort();
            add("node-ports", "node-ports-refused", whose, key, fate);
        }

        private String key(String address) {
            return address + " . " + protocol + " . " + service.port();
        }

        private void add(
                String served, String refused, String whose, String key, Redirect.Fate fate) {
            switch (fate) {
                case Redirect.To(int port) -> add(served + whose, key, " : " + port);
                case Redirect.Refused() -> add(refused + whose, key, " : goto refuse");
                case Redirect.Dropped() -> add(refused + whose, key, " : drop");
            }
        }

        void ranges(String address, List<Cidr> allowed) {
            add("ranged", key(address), "");
            for (Cidr range : allowed) {
                add("ranges", key(address) + " . " + range, "");
            }
        }

        void socket(int port) {
            if (port > 0) {
                add("sockets", protocol + " . " + port, "");
            }
        }
    }

    /**
     * The script that adds or deletes elements, those of one set by one command.
     *
     * @param verb {@code add} or {@code delete}
     */
    static String change(String verb, List<Element> elements) {
        Map<String, List<String>> bySet = new TreeMap<>();
        for (Element element : elements) {
            bySet.computeIfAbsent(element.table() + " " + element.set(), _ -> new ArrayList<>())
                    .add(element.key() + element.value());
        }
        StringBuilder script = new StringBuilder();
        bySet.forEach((set, keys) ->
                script.append(verb)
                        .append(" element ")
                        .append(set)
                        .append(" { ")
                        .append(String.join(", ", keys))
                        .append(" }\n"));
        return script.toString();
    }
}
