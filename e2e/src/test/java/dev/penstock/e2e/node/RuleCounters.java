package dev.penstock.e2e.node;

import dev.penstock.e2e.node.lab.Host;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the kernel counts of rules on a host: it begins anew with a rule that is made anew.
 *
 * @param counts by rule or server; the rules of nftables mode have no counters, but a number of
 *     their own, which no other rule of a table ever gets: here it is a part of the rule's name
 */
record RuleCounters(Map<String, Long> counts) {

    private static final Pattern IPTABLES =
            Pattern.compile("(?m)^\\[(\\d+):\\d+] (-A .*PENSTOCK.*)$");
    private static final Pattern NFTABLES = Pattern.compile("(?m)^(.*) # handle (\\d+)$");

    /** The active connections of a server of ipvs, which it would have none of if made anew. */
    private static final Pattern IPVS = Pattern.compile("(?m)^  (->.*) +(\\d+) +\\d+ *$");

    static RuleCounters of(Host host, NodeMode mode) {
        Map<String, Long> counts = new TreeMap<>();
        switch (mode) {
            case NFTABLES -> {
                for (String family : new String[] {"ip", "ip6"}) {
                    String text =
                            host.network().run("nft", "-a", "list", "table", family, "penstock");
                    Matcher rules = NFTABLES.matcher(text);
                    while (rules.find()) {
                        counts.put(family + " " + rules.group(2) + rules.group(1), 1L);
                    }
                }
            }
            case IPTABLES, IPTABLES_LEGACY -> {
                String end = mode == NodeMode.IPTABLES ? "-save" : "-legacy-save";
                for (String family : new String[] {"iptables", "ip6tables"}) {
                    add(
                            counts,
                            family,
                            IPTABLES.matcher(host.network().run(family + end, "-c")),
                            1);
                }
            }
            case IPVS ->
                    add(counts, "", IPVS.matcher(host.network().run("cat", "/proc/net/ip_vs")), 2);
            case USERSPACE -> throw new IllegalArgumentException("userspace mode keeps no rules");
        }
        return new RuleCounters(counts);
    }

    private static void add(
            Map<String, Long> counts, String family, Matcher rules, int countGroup) {
        int number = 0;
        while (rules.find()) {
            MatchResult rule = rules.toMatchResult();
            // Rules that are alike are told apart by their places.
            counts.put(
                    family + " " + number++ + " " + rule.group(3 - countGroup),
                    Long.parseLong(rule.group(countGroup)));
        }
    }
}
