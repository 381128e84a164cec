package dev.penstock.l4.nftables;

import static java.util.stream.Collectors.joining;

import dev.penstock.l4.node.NodeFacts;
import dev.penstock.model.address.Cidr;
import java.util.ArrayList;
import java.util.List;

/**
 * The chains that a table has whatever the Services are.
 *
 * @param dialect the table's family
 * @param node what the rules depend on
 * @param settings the mode's own
 */
record StaticRules(Dialect dialect, NodeFacts node, NftablesSettings settings) {

    /** Chains that services lead to. */
    static final String MARK = "mark-for-masquerade";

    static final String MARK_OUTSIDERS = "mark-outsiders";
    static final String LOCAL_POLICY = "local-policy";
    static final String LOCAL_POLICY_NODE_PORT = "local-policy-node-port";

    private static final String REJECT = "reject-new";

    /** The bit that kube-proxy uses too. */
    private static final String MARK_BIT = "0x00004000";

    private static final String ALL_OTHER_BITS = "0xffffbfff";

    /** Of base chains, against the -100 at which destinations are replaced. */
    private static final int BEFORE_NAT = -110;

    private static final int NAT = -100;
    private static final int JUST_AFTER_NAT = -99;
    private static final int AFTER_NAT = -90;
    private static final int SOURCE_NAT = 100;

    private static final String NEW = "ct state new ";

    /** All of them; those that others lead to come first, base chains last. */
    List<Chain> chains() {
        List<Chain> chains = new ArrayList<>();
        chains.add(Chain.of(MARK, "meta mark set meta mark or " + MARK_BIT));
        chains.add(Chain.of(MARK_OUTSIDERS, markOutsiders()));
        chains.add(
                Chain.of(
                        LOCAL_POLICY,
                        localPolicy(Collection.INSIDE_SERVICES, Collection.LOCAL_SERVICES)));
        chains.add(
                Chain.of(
                        LOCAL_POLICY_NODE_PORT,
                        localPolicy(Collection.INSIDE_NODE_PORTS, Collection.LOCAL_NODE_PORTS)));
        chains.add(Chain.of("services", services()));
        chains.add(Remembering.remembered(dialect));
        chains.add(Chain.of("guard", guard()));
        // Resets, unlike ICMP errors, are not limited to a few in a second (icmp_ratelimit).
        chains.add(Chain.of(REJECT, "meta l4proto tcp reject with tcp reset", "reject"));
        chains.add(Chain.of("refuse", refuse()));
        chains.add(
                Chain.of(
                        "masquerade-marked",
                        "meta mark set meta mark and " + ALL_OTHER_BITS,
                        "masquerade fully-random"));
        chains.add(base("filter-prerouting", "filter", "prerouting", BEFORE_NAT, "jump guard"));
        chains.add(base("filter-output", "filter", "output", BEFORE_NAT, "jump guard"));
        chains.add(base("filter-input", "filter", "input", BEFORE_NAT, "jump refuse"));
        chains.add(base("filter-forward", "filter", "forward", BEFORE_NAT, "jump refuse"));
        chains.add(base("filter-output-post", "filter", "output", AFTER_NAT, "jump refuse"));
        chains.add(learning("affinity-prerouting", "prerouting"));
        chains.add(learning("affinity-output", "output"));
        chains.add(
                Chain.base(
                        "nat-postrouting",
                        hook("nat", "postrouting", SOURCE_NAT),
                        List.of(
                                "meta mark and "
                                        + MARK_BIT
                                        + " == "
                                        + MARK_BIT
                                        + " goto masquerade-marked",
                                "ct status dnat "
                                        + lookup(Collection.HAIRPIN)
                                        + " masquerade fully-random")));
        chains.add(
                Chain.base(
                        "nat-prerouting",
                        hook("nat", "prerouting", NAT),
                        List.of("jump services")));
        chains.add(Chain.base("nat-output", hook("nat", "output", NAT), List.of("jump services")));
        return chains;
    }

    private static String hook(String type, String hook, int priority) {
        return "type " + type + " hook " + hook + " priority " + priority;
    }

    private static Chain base(String name, String type, String hook, int priority, String rule) {
        return Chain.base(name, hook(type, hook, priority), List.of(NEW + rule));
    }

    private Chain learning(String name, String hook) {
        return Chain.base(
                name,
                hook("filter", hook, JUST_AFTER_NAT),
                List.of(NEW + "ct status dnat " + verdict(Collection.AFFINITY_TIMEOUTS)));
    }

    private List<String> markOutsiders() {
        String mark = "meta mark set meta mark or " + MARK_BIT;
        String pods = pods();
        if (node.masqueradeAll()) {
            return List.of(mark);
        }
        return pods.isEmpty()
                ? List.of()
                : List.of(dialect.source() + " != { " + pods + " } " + mark);
    }

    private List<String> localPolicy(Collection inside, Collection local) {
        List<String> rules = new ArrayList<>();
        String pods = pods();
        if (node.masqueradeAll()) {
            rules.add("jump " + MARK);
        }
        if (!pods.isEmpty()) {
            rules.add(dialect.source() + " { " + pods + " } " + verdict(inside));
        }
        rules.add("fib saddr type local jump " + MARK);
        rules.add("fib saddr type local " + verdict(inside));
        rules.add(verdict(local));
        return rules;
    }

    private List<String> services() {
        List<String> rules = new ArrayList<>();
        rules.add(verdict(Collection.SERVICES));
        if (node.hasNodePorts(dialect.family())) {
            rules.add(nodePortAddress() + verdict(Collection.NODE_PORTS));
        }
        return rules;
    }

    private String guard() {
        return lookup(Collection.GUARDED)
                + " "
                + Collection.ALLOWED.keyExpression(dialect)
                + " != @"
                + Collection.ALLOWED.title()
                + " drop";
    }

    private List<String> refuse() {
        List<String> rules = new ArrayList<>();
        rules.add(lookup(Collection.REFUSED) + " goto " + REJECT);
        if (node.hasNodePorts(dialect.family())) {
            rules.add(
                    nodePortAddress() + lookup(Collection.REFUSED_NODE_PORTS) + " goto " + REJECT);
        }
        rules.add(lookup(Collection.CLUSTER_ADDRESSES) + " goto " + REJECT);
        String services = networks(settings.serviceCidrs());
        if (!services.isEmpty()) {
            rules.add(dialect.destination() + " { " + services + " } drop");
        }
        return rules;
    }

    /** The condition that the packet is to an address that node ports are served on. */
    private String nodePortAddress() {
        List<Cidr> networks = node.nodePortCidrs(dialect.family());
        return "fib daddr type local "
                + dialect.destination()
                + " != "
                + dialect.loopback()
                + " "
                + (networks.isEmpty()
                        ? ""
                        : dialect.destination() + " { " + networks(networks) + " } ");
    }

    private String verdict(Collection map) {
        return map.keyExpression(dialect) + " vmap @" + map.title();
    }

    private String lookup(Collection set) {
        return set.keyExpression(dialect) + " @" + set.title();
    }

    private String pods() {
        return networks(node.podCidrs(dialect.family()));
    }

    /** As the elements of a set: sorted, without those that are part of another. */
    private String networks(List<Cidr> networks) {
        return networks.stream()
                .filter(network -> network.family() == dialect.family())
                .filter(network ->
                        networks.stream()
                                .noneMatch(other ->
                                        other.prefixLength() < network.prefixLength()
                                                && other.contains(network.network())))
                .map(KernelElement::text)
                .distinct()
                .sorted()
                .collect(joining(", "));
    }
}
