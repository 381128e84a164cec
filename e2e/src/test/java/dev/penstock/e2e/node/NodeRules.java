package dev.penstock.e2e.node;

import static org.awaitility.Awaitility.await;

import dev.penstock.e2e.node.lab.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything that rules and addresses on a host are made of, by the command that shows it; equal
 * where only the order of unordered things, counters and times differ.
 *
 * @param lines the words that each command prints, sorted
 */
record NodeRules(Map<String, List<String>> lines) {

    private static final String IPVS = "cat /proc/net/ip_vs 2>/dev/null | tr -s ' '; true";

    private static final List<String> COMMANDS =
            List.of(
                    "nft list ruleset",
                    "iptables-save",
                    "ip6tables-save",
                    "iptables-legacy-save",
                    "ip6tables-legacy-save",
                    "ipset list",
                    "ip addr",
                    "ip rule",
                    "ip route show table all",
                    "sed -E 's/[0-9]+ +[0-9]+ *$//' /proc/net/ip_vs");

    /** How long the kernel keeps a connection that was closed without a reset, and some more. */
    private static final Duration DRAINED_MAX = Duration.ofSeconds(150);

    /** What is there once destinations of ipvs that have gone wait for no connection any more. */
    static NodeRules of(Host host) {
        await().atMost(DRAINED_MAX)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> !host.network().run("sh", "-c", IPVS).contains(" Masq 0 "));
        Map<String, List<String>> lines = new TreeMap<>();
        for (String command : COMMANDS) {
            // What the system does not have is the same error before and after.
            lines.put(command, words(host.network().run("sh", "-c", command + " 2>&1 || true")));
        }
        return new NodeRules(lines);
    }

    private static List<String> words(String output) {
        List<String> words = new ArrayList<>();
        output.lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.replaceAll("\\[\\d+:\\d+]", ""))
                .map(line -> line.replaceAll("(expires|packets|bytes|Size in memory:) \\S+", ""))
                .forEach(line -> words.addAll(Arrays.asList(line.strip().split("[\\s,]+", -1))));
        words.removeIf(String::isEmpty);
        words.sort(null);
        return words;
    }

    /** Whether a command's output has a word that begins like this. */
    boolean mentions(String text) {
        return lines.values().stream().flatMap(List::stream).anyMatch(word -> word.contains(text));
    }
}
