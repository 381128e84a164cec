package dev.penstock.l4.iptables;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Our chains and what leads to them, as they are in the kernel. Not for two threads.
 *
 * @param chains our chains with their rules
 * @param hooks the rules of built-in chains that lead to ours
 */
record PresentRules(Map<Chain, List<String>> chains, Map<Chain, List<String>> hooks) {

    private static final String APPEND = "-A ";

    static PresentRules none() {
        return new PresentRules(new HashMap<>(), new HashMap<>());
    }

    /** Reads what {@code iptables-save} wrote for a table, and adds it. */
    void read(String table, String saved) {
        saved.lines()
                .forEach(line -> {
                    if (line.startsWith(":")) {
                        String name = line.substring(1, line.indexOf(' '));
                        if (ChainNames.isOurs(name)) {
                            chains.put(new Chain(table, name), new ArrayList<>());
                        }
                    } else if (line.startsWith(APPEND)) {
                        int end = line.indexOf(' ', APPEND.length());
                        if (end > 0) {
                            rule(
                                    new Chain(table, line.substring(APPEND.length(), end)),
                                    line.substring(end + 1));
                        }
                    }
                });
    }

    private void rule(Chain chain, String rule) {
        List<String> ours = chains.get(chain);
        if (ours != null) {
            ours.add(rule);
        } else if (leadsToOurs(rule)) {
            hooks.computeIfAbsent(chain, _ -> new ArrayList<>()).add(rule);
        }
    }

    private static boolean leadsToOurs(String rule) {
        int target = rule.lastIndexOf("-j ");
        return target >= 0 && ChainNames.isOurs(rule.substring(target + 3).strip());
    }

    boolean isEmpty() {
        return chains.isEmpty() && hooks.isEmpty();
    }

    /** How many rules there are. */
    long size() {
        return sizeOf(chains) + sizeOf(hooks);
    }

    private static long sizeOf(Map<Chain, List<String>> rules) {
        return rules.values().stream().mapToLong(List::size).sum();
    }

    /** Takes note of what a chain has now; null when it is gone. */
    void set(Chain chain, @Nullable List<String> rules) {
        if (rules == null) {
            chains.remove(chain);
        } else {
            chains.put(chain, rules);
        }
    }
}
