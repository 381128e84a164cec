package dev.penstock.l4.userspace;

import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.address.Cidr;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The text of the iptables rules: each address of a virtual service has its own in the table nat,
 * which redirects, or in the table filter, which drops and refuses. Pure.
 *
 * <p>"Near" are pods and this node, "far" is everyone else (see {@link Redirect}). As nat comes
 * before filter, what must not be redirected is accepted by the former, untranslated, for the
 * latter to find.
 */
final class IptablesText {

    static final String PREFIX = "PENSTOCK-USR-";

    /** What packets that come in from elsewhere run through; the same name in both tables. */
    private static final String PRE = PREFIX + "PRE";

    /** What packets of this node run through. */
    private static final String OUT = PREFIX + "OUT";

    private static final String NEAR = PREFIX + "NEAR";
    private static final String FAR = PREFIX + "FAR";
    private static final String NODE_PORTS_NEAR = PREFIX + "NP-NEAR";
    private static final String NODE_PORTS_FAR = PREFIX + "NP-FAR";
    private static final String SOCKETS = PREFIX + "SOCKETS";

    /** What leads to the other chains; both tables have them. */
    static final List<String> ENTRIES = List.of(PRE, OUT);

    /** All chains of ours; {@link #SOCKETS} is in the table filter only. */
    private static final List<String> CHAINS =
            List.of(PRE, OUT, NEAR, FAR, NODE_PORTS_NEAR, NODE_PORTS_FAR, SOCKETS);

    private static final String NEW = " -m conntrack --ctstate NEW -j ";

    /** A rule of a built-in chain that leads to ours: the table, and the rule behind its verb. */
    static final Map<String, List<String>> JUMPS =
            Map.of(
                    "nat",
                    List.of("PREROUTING -j " + PRE, "OUTPUT -j " + OUT),
                    "filter",
                    List.of(
                            "INPUT" + NEW + PRE,
                            "INPUT" + NEW + SOCKETS,
                            "FORWARD" + NEW + PRE,
                            "OUTPUT" + NEW + OUT));

    /** Fails where the kernel or the privileges for redirections are missing; leaves no rule. */
    static final String PROBE =
            """
            *nat
            :PENSTOCK-USR-PROBE - [0:0]
            -A PENSTOCK-USR-PROBE -m addrtype --dst-type LOCAL -p tcp -m tcp --dport 1 -j REDIRECT --to-ports 2
            -A PENSTOCK-USR-PROBE -p tcp -m tcp --dport 3 -j DNAT --to-destination 192.0.2.1:4
            -F PENSTOCK-USR-PROBE
            -X PENSTOCK-USR-PROBE
            COMMIT
            *filter
            :PENSTOCK-USR-PROBE - [0:0]
            -A PENSTOCK-USR-PROBE -p tcp -m tcp --dport 1 -m conntrack ! --ctstate DNAT -j REJECT
            -F PENSTOCK-USR-PROBE
            -X PENSTOCK-USR-PROBE
            COMMIT
            """;

    private IptablesText() {}

    /**
     * A rule.
     *
     * @param table its table
     * @param text its chain and the rest, behind the verb
     */
    record Rule(String table, String text) {}

    /**
     * The script that makes our chains, empty of Services, and what leads from one to another.
     *
     * @param services the rules of Services
     * @param jumps the rules of built-in chains that are not there yet
     */
    static String everything(
            IpFamily family, NodeFacts node, List<Rule> services, List<Rule> jumps) {
        StringBuilder script = new StringBuilder();
        for (String table : List.of("nat", "filter")) {
            script.append('*').append(table).append('\n');
            for (String chain : CHAINS) {
                if (!chain.equals(SOCKETS) || table.equals("filter")) {
                    declare(script, chain);
                }
            }
            between(family, node).forEach(rule -> line(script, "-A", rule));
            append(script, "-A", table, services);
            append(script, "-I", table, jumps);
            script.append("COMMIT\n");
        }
        return script.toString();
    }

    private static void declare(StringBuilder script, String chain) {
        script.append(':').append(chain).append(" - [0:0]\n");
    }

    private static void line(StringBuilder script, String verb, String rule) {
        script.append(verb).append(' ').append(rule).append('\n');
    }

    private static void append(StringBuilder script, String verb, String table, List<Rule> rules) {
        for (Rule rule : rules) {
            if (rule.table().equals(table)) {
                line(script, verb, rule.text());
            }
        }
    }

    /** The script that deletes and adds rules of Services; empty where there is nothing to do. */
    static String change(List<Rule> gone, List<Rule> come) {
        StringBuilder script = new StringBuilder();
        for (String table : List.of("nat", "filter")) {
            StringBuilder lines = new StringBuilder();
            append(lines, "-D", table, gone);
            append(lines, "-A", table, come);
            if (!lines.isEmpty()) {
                script.append('*').append(table).append('\n').append(lines).append("COMMIT\n");
            }
        }
        return script.toString();
    }

    /**
     * The script that removes all chains of ours from a table.
     *
     * @param saved what {@code iptables-save} says of the table
     * @return null if there are none
     */
    static @Nullable String removal(String table, String saved) {
        List<String> chains =
                saved.lines()
                        .filter(line -> line.startsWith(":" + PREFIX))
                        .map(line -> line.substring(1, line.indexOf(' ')))
                        .toList();
        if (chains.isEmpty()) {
            return null;
        }
        StringBuilder script = new StringBuilder("*" + table + "\n");
        saved.lines()
                .filter(line -> line.startsWith("-A ") && !line.startsWith("-A " + PREFIX))
                .filter(line -> line.contains("-j " + PREFIX))
                .forEach(line -> line(script, "-D", line.substring("-A ".length())));
        chains.forEach(chain -> line(script, "-F", chain));
        chains.forEach(chain -> line(script, "-X", chain));
        return script.append("COMMIT\n").toString();
    }

    /** What leads from the first of our chains to the others. */
    private static List<String> between(IpFamily family, NodeFacts node) {
        List<String> rules = new ArrayList<>();
        rules.add(PRE + " -j " + FAR);
        rules.add(PRE + " -j " + NEAR);
        rules.add(OUT + " -j " + NEAR);
        for (Cidr pods : node.podCidrs(family)) {
            rules.add(FAR + " -s " + pods + " -j RETURN");
            rules.add(NODE_PORTS_FAR + " -s " + pods + " -j RETURN");
        }
        String notLoopback = family == IpFamily.IPV4 ? " ! -d 127.0.0.0/8" : " ! -d ::1/128";
        for (String match : nodePortMatches(family, node, notLoopback)) {
            String local = match + " -m addrtype --dst-type LOCAL -j ";
            rules.add(PRE + local + NODE_PORTS_FAR);
            rules.add(PRE + local + NODE_PORTS_NEAR);
            rules.add(OUT + local + NODE_PORTS_NEAR);
        }
        if (node.localhostNodePorts()) {
            String loopback = family == IpFamily.IPV4 ? "127.0.0.1/32" : "::1/128";
            rules.add(OUT + " -d " + loopback + " -j " + NODE_PORTS_NEAR);
        }
        return rules;
    }

    private static List<String> nodePortMatches(
            IpFamily family, NodeFacts node, String notLoopback) {
        if (!node.hasNodePorts(family)) {
            return List.of();
        }
        List<Cidr> cidrs = node.nodePortCidrs(family);
        return cidrs.isEmpty()
                ? List.of(notLoopback)
                : cidrs.stream()
                        .filter(cidr -> !cidr.network().isLoopbackAddress())
                        .map(cidr -> " -d " + cidr)
                        .toList();
    }

    /** A virtual service's rules, in their order. */
    static List<Rule> rules(Redirect redirect, NodeFacts node) {
        VirtualService service = redirect.service();
        Rules rules = new Rules(redirect, node);
        if (service.clusterIp() != null) {
            rules.address(NEAR, service.clusterIp(), redirect.internal());
        }
        for (String address : redirect.externalAddresses()) {
            rules.address(NEAR, address, redirect.near());
            if (!redirect.far().equals(redirect.near())) {
                rules.address(FAR, address, redirect.far());
            }
        }
        if (service.nodePort() > 0) {
            rules.nodePort(NODE_PORTS_NEAR, redirect.near());
            if (!redirect.far().equals(redirect.near())) {
                rules.nodePort(NODE_PORTS_FAR, redirect.far());
            }
        }
        rules.socket(redirect.clusterPort());
        rules.socket(redirect.localPort());
        return rules.list;
    }

    private static final class Rules {

        private final List<Rule> list = new ArrayList<>();
        private final VirtualService service;
        private final List<Cidr> allowed;
        private final String protocol;
        private final int bits;

        /** Where packets are sent to; null for the address of the link they came by. */
        private final @Nullable String target;

        /** TCP is refused by resets, as the kernel sends a client one ICMP error a second. */
        private final String refusal;

        Rules(Redirect redirect, NodeFacts node) {
            this.service = redirect.service();
            this.allowed =
                    service.sourceRanges().isEmpty() ? List.of() : redirect.allowedSources(node);
            String name = service.id().protocol().name().toLowerCase(Locale.ROOT);
            this.protocol = " -p " + name + " -m " + name + " --dport ";
            this.refusal =
                    service.id().protocol() == Protocol.TCP
                            ? " -j REJECT --reject-with tcp-reset"
                            : " -j REJECT";
            this.bits = service.id().family().bits();
            this.target = Redirect.target(service.id().family(), node);
        }

        void address(String chain, String address, Redirect.Fate fate) {
            String match = " -d " + address + "/" + bits + protocol + service.port();
            if (!isRanged(address)) {
                fate(chain, match, fate);
                return;
            }
            for (Cidr range : allowed) {
                fate(chain, " -s " + range + match, fate);
            }
            nat(chain + match + " -j ACCEPT");
            if (chain.equals(NEAR)) {
                filter(chain + match + " -j DROP");
            }
        }

        private boolean isRanged(String address) {
            return !service.sourceRanges().isEmpty() && service.loadBalancerIps().contains(address);
        }

        void nodePort(String chain, Redirect.Fate fate) {
            fate(chain, protocol + service.nodePort(), fate);
        }

        private void fate(String chain, String match, Redirect.Fate fate) {
            switch (fate) {
                case Redirect.To(int port) ->
                        nat(
                                chain
                                        + match
                                        + (target == null
                                                ? " -j REDIRECT --to-ports " + port
                                                : " -j DNAT --to-destination "
                                                        + AddressText.authority(target, port)));
                case Redirect.Refused() -> {
                    nat(chain + match + " -j ACCEPT");
                    filter(chain + match + refusal);
                }
                case Redirect.Dropped() -> {
                    nat(chain + match + " -j ACCEPT");
                    filter(chain + match + " -j DROP");
                }
            }
        }

        /** Nobody comes to a socket but by a redirection. */
        void socket(int port) {
            if (port > 0) {
                filter(SOCKETS + protocol + port + " -m conntrack ! --ctstate DNAT -j REJECT");
            }
        }

        private void nat(String text) {
            list.add(new Rule("nat", text));
        }

        private void filter(String text) {
            list.add(new Rule("filter", text));
        }
    }

    /** The input that checks whether rules of built-in chains are there. */
    static String check(Rule jump) {
        return "*" + jump.table() + "\n-C " + jump.text() + "\nCOMMIT\n";
    }

    /** All rules of built-in chains, the last to be inserted first. */
    static List<Rule> jumps() {
        List<Rule> jumps = new ArrayList<>();
        new TreeMap<>(JUMPS)
                .forEach((table, rules) -> rules.forEach(rule -> jumps.add(new Rule(table, rule))));
        return jumps;
    }
}
