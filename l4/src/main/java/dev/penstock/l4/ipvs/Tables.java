package dev.penstock.l4.ipvs;

import dev.penstock.l4.iptables.Iptables;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.RulesException;
import dev.penstock.model.address.IpFamily;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The iptables rules of one family: a constant number, which look into the sets. They are written
 * as {@code iptables-save} writes them, so that they can be compared with what is there.
 *
 * <p>A packet to a Service meets them in this order: the mark for the short circuit (mangle), the
 * one for masquerading (nat), refusal and dropping (filter, input), IPVS itself, and masquerading
 * (nat, postrouting). What the node itself sends meets IPVS before the table filter, so that its
 * dropping is done in mangle.
 */
final class Tables {

    /** What the names of all our chains begin with; those of the mode iptables do not. */
    static final String PREFIX = "PENSTOCK-IPVS-";

    private static final String MARK = PREFIX + "MARK";
    private static final String NODE_MARK = PREFIX + "NODE-MARK";
    private static final String SERVICES = PREFIX + "SERVICES";
    private static final String POSTROUTING = PREFIX + "POSTROUTING";
    private static final String FILTER = PREFIX + "FILTER";
    private static final String FORWARD = PREFIX + "FORWARD";

    private static final String TO_MASQUERADE = " -j MARK --set-xmark 0x4000/0x4000";
    private static final String MASQUERADE = " -j MASQUERADE --random-fully";

    // What the node itself sends is not always told by ICMP at once that it was refused.
    private static final String RESET = " -j REJECT --reject-with tcp-reset";
    private static final String NEW = " -m conntrack --ctstate NEW";

    private static final List<String> NAMES = List.of("mangle", "nat", "filter");

    private final IpFamily family;
    private final Map<String, List<String>> jumps = new LinkedHashMap<>();
    private final Map<String, List<String>> rules = new LinkedHashMap<>();

    /**
     * @param node whether there are networks of pods, and whether all is masqueraded
     */
    Tables(IpFamily family, NodeFacts node) {
        this.family = family;
        jumps.put("mangle", List.of("-A PREROUTING -j " + MARK, "-A OUTPUT -j " + NODE_MARK));
        rules.put("mangle", mangle());
        jumps.put(
                "nat",
                List.of(
                        "-A PREROUTING -j " + SERVICES,
                        "-A OUTPUT -j " + SERVICES,
                        "-A POSTROUTING -j " + POSTROUTING));
        rules.put("nat", nat(!node.podCidrs(family).isEmpty()));
        jumps.put(
                "filter",
                List.of(
                        "-A INPUT -j " + FILTER,
                        "-A OUTPUT -j " + FILTER,
                        "-A FORWARD -j " + FORWARD));
        rules.put("filter", filter());
    }

    private List<String> mangle() {
        String map =
                " -j SET --map-set " + SetName.SHORT_CIRCUIT.of(family) + " dst,dst --map-mark";
        return List.of(
                "-A " + MARK + in(SetName.PODS, "src") + map,
                "-A " + NODE_MARK + notAllowed() + " -j DROP",
                "-A " + NODE_MARK + NEW + in(SetName.DROP, "dst,dst") + " -j DROP",
                "-A " + NODE_MARK + map);
    }

    private String notAllowed() {
        return NEW + in(SetName.RANGES, "dst,dst") + notIn(SetName.ALLOWED, "dst,dst,src");
    }

    private List<String> nat(boolean hasPods) {
        // What the node sends to a Service's address of IPv4 has that as its source, too: no pod
        // could answer.
        String strangers = hasPods ? notIn(SetName.PODS, "src") : in(SetName.VIP, "src");
        return List.of(
                "-A " + SERVICES + in(SetName.CLUSTER, "dst,dst") + strangers + TO_MASQUERADE,
                "-A " + SERVICES + in(SetName.MASQUERADE, "dst,dst") + TO_MASQUERADE,
                "-A " + POSTROUTING + in(SetName.HAIRPIN, "dst,dst,src") + MASQUERADE,
                "-A "
                        + POSTROUTING
                        + " -m mark --mark "
                        + hex(Marks.BASE)
                        + "/"
                        + hex(Marks.BASE_MASK)
                        + in(SetName.VIP, "src")
                        + MASQUERADE,
                "-A " + POSTROUTING + " -m mark ! --mark 0x4000/0x4000 -j RETURN",
                "-A " + POSTROUTING + " -j MARK --set-xmark 0x4000/0x0",
                "-A " + POSTROUTING + MASQUERADE);
    }

    private List<String> filter() {
        String reject =
                " -j REJECT --reject-with "
                        + (family == IpFamily.IPV4
                                ? "icmp-port-unreachable"
                                : "icmp6-port-unreachable");
        String notPing = family == IpFamily.IPV4 ? " ! -p icmp" : " ! -p ipv6-icmp";
        return List.of(
                "-A " + FILTER + " -m conntrack ! --ctstate NEW -j RETURN",
                "-A " + FILTER + notAllowed() + " -j DROP",
                "-A " + FILTER + " -p tcp" + in(SetName.REJECT, "dst,dst") + RESET,
                "-A " + FILTER + in(SetName.REJECT, "dst,dst") + reject,
                "-A " + FILTER + in(SetName.DROP, "dst,dst") + " -j DROP",
                "-A "
                        + FILTER
                        + " -m mark --mark "
                        + hex(Marks.BASE)
                        + "/"
                        + hex(Marks.BASE_MASK)
                        + " -j RETURN",
                "-A " + FILTER + in(SetName.DROP_EXTERNAL, "dst,dst") + " -j DROP",
                "-A " + FILTER + in(SetName.SERVICE, "dst,dst") + " -j RETURN",
                "-A " + FILTER + " -p tcp" + in(SetName.VIP, "dst") + RESET,
                "-A " + FILTER + notPing + in(SetName.VIP, "dst") + reject,
                "-A " + FORWARD + " -m mark --mark 0x4000/0x4000 -j ACCEPT",
                "-A " + FORWARD + " -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
    }

    private String in(SetName set, String directions) {
        return " -m set --match-set " + set.of(family) + " " + directions;
    }

    private String notIn(SetName set, String directions) {
        return " -m set ! --match-set " + set.of(family) + " " + directions;
    }

    private static String hex(int mark) {
        return "0x" + Integer.toHexString(mark);
    }

    /** All rules, by table. */
    Map<String, List<String>> rules() {
        return rules;
    }

    /**
     * Puts them in place where they are not.
     *
     * @return how many lines were written
     */
    int apply(Iptables iptables) throws RulesException {
        int written = 0;
        StringBuilder input = new StringBuilder();
        String all = iptables.save();
        for (String table : NAMES) {
            List<String> lines = missing(table, part(all, table));
            if (!lines.isEmpty()) {
                written += lines.size();
                input.append('*').append(table).append('\n');
                lines.forEach(line -> input.append(line).append('\n'));
                input.append("COMMIT\n");
            }
        }
        if (written > 0) {
            iptables.restore(input.toString());
        }
        return written;
    }

    /** The lines that bring a table to what it is to be; none if it is so. */
    private List<String> missing(String table, String saved) {
        List<String> ours = lines(saved).filter(line -> line.startsWith("-A " + PREFIX)).toList();
        List<String> wanted = List.copyOf(rules.getOrDefault(table, List.of()));
        List<String> lines = new ArrayList<>();
        if (!sorted(ours).equals(sorted(wanted))) {
            chains(wanted).forEach(chain -> lines.add(":" + chain + " - [0:0]"));
            lines.addAll(wanted);
        }
        for (String jump : jumps.getOrDefault(table, List.of())) {
            if (lines(saved).noneMatch(jump::equals)) {
                lines.add(jump.replaceFirst("^-A (\\S+)", "-I $1 1"));
            }
        }
        return lines;
    }

    /** By chain; the rules of a chain stay in their order. */
    private static List<String> sorted(List<String> lines) {
        return lines.stream().sorted(Comparator.comparing(Tables::chain)).toList();
    }

    private static String chain(String line) {
        return line.split(" ", 3)[1];
    }

    private static List<String> chains(List<String> lines) {
        return lines.stream().map(Tables::chain).distinct().toList();
    }

    private static Stream<String> lines(String saved) {
        return saved.lines().map(line -> line.replaceFirst("^\\[\\d+:\\d+] ", "").strip());
    }

    /** What the programs saved of one table; empty if it does not exist. */
    private static String part(String saved, String table) {
        int start = saved.indexOf("*" + table + "\n");
        int end = start < 0 ? -1 : saved.indexOf("\nCOMMIT", start);
        return end < 0 ? "" : saved.substring(start, end + 1);
    }

    /**
     * Whether all rules and the jumps to them are there: one program, whatever else the tables
     * have.
     */
    boolean isIntact(Iptables iptables) throws RulesException {
        StringBuilder input = new StringBuilder();
        for (String table : NAMES) {
            input.append('*').append(table).append('\n');
            Stream.of(jumps, rules)
                    .flatMap(lines -> lines.getOrDefault(table, List.of()).stream())
                    .forEach(line -> input.append("-C").append(line.substring(2)).append('\n'));
            input.append("COMMIT\n");
        }
        return iptables.check(input.toString());
    }

    /**
     * Removes every chain of ours and the jumps into them.
     *
     * @return whether there were any
     */
    static boolean remove(Iptables iptables) throws RulesException {
        // What other modes have may take seconds to print.
        if (NAMES.stream().noneMatch(table -> mayHave(iptables, table))) {
            return false;
        }
        StringBuilder input = new StringBuilder();
        String all = iptables.save();
        for (String table : NAMES) {
            String saved = part(all, table);
            List<String> chains =
                    saved.lines()
                            .filter(line -> line.startsWith(":" + PREFIX))
                            .map(line -> line.substring(1).split(" ", 2)[0])
                            .toList();
            if (!chains.isEmpty()) {
                input.append('*').append(table).append('\n');
                chains.forEach(chain -> input.append(':').append(chain).append(" - [0:0]\n"));
                lines(saved)
                        .filter(line -> line.contains(" -j " + PREFIX))
                        .filter(line -> !line.startsWith("-A " + PREFIX))
                        .forEach(line -> input.append("-D").append(line.substring(2)).append('\n'));
                chains.forEach(chain -> input.append("-X ").append(chain).append('\n'));
                input.append("COMMIT\n");
            }
        }
        boolean found = !input.isEmpty();
        if (found) {
            iptables.restore(input.toString());
        }
        return found;
    }

    /** By the first of a table's chains, all of which come and go at once. */
    private static boolean mayHave(Iptables iptables, String table) {
        String first =
                switch (table) {
                    case "mangle" -> MARK;
                    case "nat" -> SERVICES;
                    default -> FILTER;
                };
        return iptables.mayHaveAny(table, List.of(first));
    }
}
