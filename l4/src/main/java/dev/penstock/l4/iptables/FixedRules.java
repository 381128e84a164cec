package dev.penstock.l4.iptables;

import dev.penstock.l4.node.NodeFacts;
import dev.penstock.model.address.Cidr;
import dev.penstock.model.address.IpFamily;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules that are there whatever Services there are, as a pure function of the node's facts.
 *
 * @param chains the chains with their rules; what others add comes before the rules of {@link
 *     #tails}
 * @param tails rules at the end of chains
 * @param hooks what leads from the built-in chains to ours: rules by built-in chain
 */
record FixedRules(
        Map<Chain, List<String>> chains,
        Map<Chain, List<String>> tails,
        Map<Chain, List<String>> hooks) {

    /** kube-proxy's bit 14 of the packet mark: masquerade. */
    private static final String BIT = "0x4000";

    /**
     * Packets whose source is their destination, as classic BPF in terms of linux/filter.h: load a
     * word of the one address, compare with that of the other.
     */
    private static final String HAIRPIN_IPV4 =
            "6,32 0 0 12,7 0 0 0,32 0 0 16,29 0 1 0,6 0 0 65535,6 0 0 0";

    private static final String HAIRPIN_IPV6 =
            "18,32 0 0 8,7 0 0 0,32 0 0 24,29 0 13 0,32 0 0 12,7 0 0 0,32 0 0 28,29 0 9 0,"
                    + "32 0 0 16,7 0 0 0,32 0 0 32,29 0 5 0,32 0 0 20,7 0 0 0,32 0 0 36,29 0 1 0,"
                    + "6 0 0 65535,6 0 0 0";

    /** The built-in chains that lead to ours. */
    static final Set<Chain> BUILT_IN =
            Set.of(
                    Chain.nat("PREROUTING"),
                    Chain.nat("OUTPUT"),
                    Chain.nat("POSTROUTING"),
                    Chain.filter("INPUT"),
                    Chain.filter("FORWARD"),
                    Chain.filter("OUTPUT"));

    private static final String NEW = "-m conntrack --ctstate NEW ";

    static FixedRules of(IpFamily family, NodeFacts node, boolean hasHairpinMatch, Notes notes) {
        Map<Chain, List<String>> chains = new LinkedHashMap<>();
        chains.put(Chain.nat(ChainNames.MARK), List.of("-j MARK --set-xmark " + BIT + "/" + BIT));
        chains.put(Chain.nat(ChainNames.MARK_OUTSIDE), markOutside(family, node));
        chains.put(Chain.nat(ChainNames.POSTROUTING), postrouting(family, hasHairpinMatch));
        chains.put(Chain.filter(ChainNames.FORWARD), forward());
        Map<Chain, List<String>> tails = new LinkedHashMap<>();
        for (String table : List.of(Chain.NAT, Chain.FILTER)) {
            chains.put(new Chain(table, ChainNames.CANARY), notes.rules(table));
            chains.put(new Chain(table, ChainNames.SERVICES), List.of());
            tails.put(new Chain(table, ChainNames.SERVICES), toNodePorts(family, node));
            chains.put(new Chain(table, ChainNames.NODE_PORTS), notOnLoopback(family, node));
        }
        if (hasLocalhost(family, node)) {
            chains.put(Chain.filter(ChainNames.FIREWALL), List.of(guard()));
        }
        return new FixedRules(chains, tails, hooks(family, node));
    }

    /** Whether node ports are served on loopback addresses, which only IPv4 can. */
    static boolean hasLocalhost(IpFamily family, NodeFacts node) {
        return family == IpFamily.IPV4 && node.localhostNodePorts();
    }

    private static Map<Chain, List<String>> hooks(IpFamily family, NodeFacts node) {
        String services =
                "-m comment --comment \"penstock service portals\" -j " + ChainNames.SERVICES;
        String newServices =
                NEW
                        + "-m comment --comment \"penstock services without endpoints\" -j "
                        + ChainNames.SERVICES;
        String firewall = "-j " + ChainNames.FIREWALL;
        List<String> guard = hasLocalhost(family, node) ? List.of(firewall) : List.of();
        Map<Chain, List<String>> hooks = new LinkedHashMap<>();
        hooks.put(Chain.nat("PREROUTING"), List.of(services));
        hooks.put(Chain.nat("OUTPUT"), List.of(services));
        hooks.put(
                Chain.nat("POSTROUTING"),
                List.of(
                        "-m comment --comment \"penstock postrouting rules\" -j "
                                + ChainNames.POSTROUTING));
        hooks.put(Chain.filter("INPUT"), concat(List.of(newServices), guard));
        hooks.put(
                Chain.filter("FORWARD"),
                List.of(
                        newServices,
                        "-m comment --comment \"penstock forwarding rules\" -j "
                                + ChainNames.FORWARD));
        hooks.put(Chain.filter("OUTPUT"), concat(List.of(newServices), guard));
        return hooks;
    }

    /** Marks what comes to a cluster address from outside the pods' networks. */
    private static List<String> markOutside(IpFamily family, NodeFacts node) {
        List<String> rules = new ArrayList<>();
        List<Cidr> pods = node.podCidrs(family);
        if (!node.masqueradeAll()) {
            if (pods.isEmpty()) {
                return List.of();
            }
            for (Cidr network : pods) {
                rules.add(in("-s ", network) + "-j RETURN");
            }
        }
        rules.add("-j " + ChainNames.MARK);
        return rules;
    }

    private static List<String> postrouting(IpFamily family, boolean hasHairpinMatch) {
        List<String> rules = new ArrayList<>();
        if (hasHairpinMatch) {
            String program = family == IpFamily.IPV4 ? HAIRPIN_IPV4 : HAIRPIN_IPV6;
            rules.add(
                    "-m conntrack --ctstate DNAT -m bpf --bytecode \""
                            + program
                            + "\" -m comment --comment \"a pod that reaches itself\" -j "
                            + ChainNames.MARK);
        }
        rules.add("-m mark ! --mark " + BIT + "/" + BIT + " -j RETURN");
        // Cleared, lest a packet that passes once more, in a tunnel, be masqueraded again.
        rules.add("-j MARK --set-xmark " + BIT + "/0x0");
        rules.add("-j MASQUERADE --random-fully");
        return rules;
    }

    private static List<String> forward() {
        return List.of(
                "-m comment --comment \"penstock forwarding rules\" -m mark --mark "
                        + BIT
                        + "/"
                        + BIT
                        + " -j ACCEPT",
                "-m comment --comment \"penstock forwarding conntrack rule\" -m conntrack"
                        + " --ctstate RELATED,ESTABLISHED -j ACCEPT");
    }

    private static List<String> toNodePorts(IpFamily family, NodeFacts node) {
        if (!node.hasNodePorts(family)) {
            return List.of();
        }
        String local = "-m addrtype --dst-type LOCAL -j " + ChainNames.NODE_PORTS;
        List<Cidr> networks = node.nodePortCidrs(family);
        if (networks.isEmpty()) {
            return List.of(local);
        }
        List<String> rules = new ArrayList<>();
        networks.forEach(network -> rules.add(in("-d ", network) + local));
        if (hasLocalhost(family, node)) {
            rules.add("-d 127.0.0.0/8 " + local);
        }
        return rules;
    }

    private static List<String> notOnLoopback(IpFamily family, NodeFacts node) {
        if (hasLocalhost(family, node)) {
            return List.of();
        }
        return List.of(
                "-d " + (family == IpFamily.IPV4 ? "127.0.0.0/8" : "::1/128") + " -j RETURN");
    }

    /** route_localnet lets others in at loopback addresses: CVE-2020-8558. */
    private static String guard() {
        return "! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment"
                + " \"block incoming localnet connections\" -m conntrack"
                + " ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP";
    }

    private static String in(String option, Cidr network) {
        return network.prefixLength() == 0 ? "" : option + network + " ";
    }

    private static List<String> concat(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return List.copyOf(all);
    }
}
