package dev.penstock.l4.userspace;

import dev.penstock.l4.node.PacketModel.Packet;
import dev.penstock.model.address.Cidr;
import dev.penstock.model.address.IpFamily;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the texts of rules as the kernel would, as far as they are of the shapes that we write;
 * anything else is an error. Says what becomes of the first packet of a connection.
 */
final class RuleReader {

    /** The verdict {@code not touched}. */
    static final String NOT_OURS = "not ours";

    private final Set<String> nodeAddresses;

    RuleReader(Set<String> nodeAddresses) {
        this.nodeAddresses = nodeAddresses;
    }

    private boolean isLocal(String address) {
        return nodeAddresses.contains(address)
                || InetAddress.ofLiteral(address).isLoopbackAddress();
    }

    private static String protocol(Packet packet) {
        return packet.protocol().name().toLowerCase(Locale.ROOT);
    }

    private static boolean isIn(String address, String cidrs) {
        InetAddress parsed = InetAddress.ofLiteral(address);
        for (String part : cidrs.split(",")) {
            String text = part.strip();
            boolean in =
                    text.equals("127.0.0.2-127.255.255.255")
                            ? address.startsWith("127.") && !address.equals("127.0.0.1")
                            : Cidr.parse(text).contains(parsed);
            if (in) {
                return true;
            }
        }
        return false;
    }

    /**
     * What nftables would do.
     *
     * @param tables the script of the tables
     * @param elements the elements of all Services
     */
    String nftables(String tables, List<NftText.Element> elements, Packet packet) {
        boolean isV4 = IpFamily.of(packet.destination()) == IpFamily.IPV4;
        String table = NftText.TABLES.get(isV4 ? 0 : 1);
        String text = tables.substring(tables.indexOf("table " + table + " {"));
        Map<String, Map<String, String>> sets = new HashMap<>();
        for (NftText.Element element : elements) {
            if (element.table().equals(table)) {
                sets.computeIfAbsent(element.set(), _ -> new HashMap<>())
                        .put(element.key(), element.value().replace(" : ", ""));
            }
        }
        Matcher pods = Pattern.compile("set pods .*elements = \\{ (.*?) \\}").matcher(text);
        boolean hasPods = pods.find() && pods.start() < text.indexOf("\n}\n");
        NftRun run = new NftRun(packet, sets, hasPods ? pods.group(1) : "");
        String hook = isLocal(packet.source()) ? "output" : "prerouting";
        for (String chain : List.of("filter-" + hook, "nat-" + hook)) {
            for (String rule : chain(text, chain)) {
                String verdict = run.rule(rule);
                if (verdict != null && verdict.equals("accept")) {
                    break;
                }
                if (verdict != null) {
                    return verdict;
                }
            }
        }
        return NOT_OURS;
    }

    private static List<String> chain(String text, String name) {
        int begin = text.indexOf("chain " + name + " {");
        return text.substring(begin, text.indexOf("\n  }", begin))
                .lines()
                .skip(2) // its name and its hook
                .map(String::strip)
                .toList();
    }

    private final class NftRun {

        private final Packet packet;
        private final Map<String, Map<String, String>> sets;
        private final String pods;

        NftRun(Packet packet, Map<String, Map<String, String>> sets, String pods) {
            this.packet = packet;
            this.sets = sets;
            this.pods = pods;
        }

        /** What a rule says; null where it does not match. */
        @Nullable String rule(String rule) {
            String rest = rule.replaceAll("ip6? (?=[sd]addr)", "");
            while (!rest.isEmpty()) {
                String before = rest;
                for (Step step : STEPS) {
                    Matcher matcher = step.shape.matcher(rest);
                    if (matcher.lookingAt()) {
                        String result = step.meaning.of(this, matcher);
                        if (!result.equals("go on")) {
                            return result.equals("no match") ? null : result;
                        }
                        rest = rest.substring(matcher.end()).strip();
                        break;
                    }
                }
                if (rest.equals(before)) {
                    throw new IllegalArgumentException("rule: " + rule + " at: " + rest);
                }
            }
            throw new IllegalArgumentException("rule without a verdict: " + rule);
        }

        private String serviceKey() {
            return packet.destination() + " . " + portKey();
        }

        private String portKey() {
            return protocol(packet) + " . " + packet.port();
        }

        private Map<String, String> set(String name) {
            return sets.getOrDefault(name, Map.of());
        }

        private boolean isToLocal() {
            return isLocal(packet.destination());
        }

        private boolean isServed() {
            return !protocol(packet).equals("sctp");
        }
    }

    private record Step(Pattern shape, Meaning meaning) {}

    private interface Meaning {
        String of(NftRun run, Matcher matcher);
    }

    private static Step step(String shape, Meaning meaning) {
        return new Step(Pattern.compile(shape), meaning);
    }

    private static String when(boolean condition) {
        return condition ? "go on" : "no match";
    }

    private static String verdict(@Nullable String value) {
        return switch (value) {
            case null -> "no match";
            case "goto refuse" -> "reject";
            default -> value;
        };
    }

    private static final List<Step> STEPS =
            List.of(
                    step("ct state != new accept", (_, _) -> "no match"),
                    step("meta l4proto != \\{ tcp, udp \\}", (run, _) -> when(!run.isServed())),
                    step("meta l4proto \\{ tcp, udp \\}", (run, _) -> when(run.isServed())),
                    step("accept", (_, _) -> "accept"),
                    step("drop", (_, _) -> "drop"),
                    step(
                            "daddr \\. meta l4proto \\. th dport \\. saddr != @ranges",
                            (run, _) ->
                                    when(
                                            run.set("ranges").keySet().stream()
                                                    .noneMatch(key ->
                                                            key.startsWith(run.serviceKey() + " . ")
                                                                    && isIn(
                                                                            run.packet.source(),
                                                                            key.substring(
                                                                                    run.serviceKey()
                                                                                                    .length()
                                                                                            + 3))))),
                    step(
                            "daddr \\. meta l4proto \\. th dport @ranged",
                            (run, _) -> when(run.set("ranged").containsKey(run.serviceKey()))),
                    step(
                            "saddr != @pods",
                            (run, _) ->
                                    when(
                                            run.pods.isEmpty()
                                                    || !isIn(run.packet.source(), run.pods))),
                    step(
                            "daddr \\. meta l4proto \\. th dport vmap @([\\w-]+)",
                            (run, matcher) ->
                                    verdict(run.set(matcher.group(1)).get(run.serviceKey()))),
                    step(
                            "meta l4proto \\. th dport vmap @([\\w-]+)",
                            (run, matcher) ->
                                    verdict(run.set(matcher.group(1)).get(run.portKey()))),
                    step(
                            "(?:redirect to |dnat to \\S+):daddr \\. meta l4proto \\. th dport map @([\\w-]+)",
                            (run, matcher) ->
                                    verdict(run.set(matcher.group(1)).get(run.serviceKey()))),
                    step(
                            "(?:redirect to |dnat to \\S+):meta l4proto \\. th dport map @([\\w-]+)",
                            (run, matcher) ->
                                    verdict(run.set(matcher.group(1)).get(run.portKey()))),
                    step("fib daddr type local", (run, _) -> when(run.isToLocal())),
                    step(
                            "daddr != ([0-9a-f:./-]+)",
                            (run, matcher) ->
                                    when(!isIn(run.packet.destination(), matcher.group(1)))),
                    step(
                            "daddr \\{ (.*?) \\}",
                            (run, matcher) ->
                                    when(isIn(run.packet.destination(), matcher.group(1)))),
                    step(
                            "daddr ([0-9a-f:./-]+)",
                            (run, matcher) ->
                                    when(isIn(run.packet.destination(), matcher.group(1)))));

    /**
     * What iptables would do.
     *
     * @param script what makes both tables of the packet's family
     */
    String iptables(String script, Packet packet) {
        Map<String, List<String>> chains = new HashMap<>();
        String table = "";
        for (String line : script.lines().toList()) {
            if (line.startsWith("*")) {
                table = line.substring(1);
            } else if (line.startsWith("-A ") || line.startsWith("-I ")) {
                String[] parts = line.substring(3).split(" ", 2);
                chains.computeIfAbsent(table + " " + parts[0], _ -> new ArrayList<>())
                        .add(parts[1]);
            }
        }
        boolean isOwn = isLocal(packet.source());
        String nat = iptables(chains, "nat", isOwn ? "OUTPUT" : "PREROUTING", packet);
        if (nat.startsWith("REDIRECT")) {
            return nat.substring(nat.lastIndexOf(' ') + 1);
        }
        if (nat.startsWith("DNAT")) {
            return nat.substring(nat.lastIndexOf(':') + 1);
        }
        String hook = isLocal(packet.destination()) ? "INPUT" : "FORWARD";
        String filter = iptables(chains, "filter", isOwn ? "OUTPUT" : hook, packet);
        return switch (filter) {
            case "DROP" -> "drop";
            case "REJECT", "REJECT --reject-with tcp-reset" -> "reject";
            default -> NOT_OURS;
        };
    }

    private String iptables(
            Map<String, List<String>> chains, String table, String chain, Packet packet) {
        for (String rule : chains.getOrDefault(table + " " + chain, List.of())) {
            String target = target(rule, packet);
            if (target == null) {
                continue;
            }
            if (target.equals("RETURN")) {
                return "";
            }
            String result =
                    target.startsWith("PENSTOCK-")
                            ? iptables(chains, table, target, packet)
                            : target;
            if (!result.isEmpty()) {
                return result;
            }
        }
        return "";
    }

    /** Where a rule sends a packet; null where it does not match. */
    private @Nullable String target(String rule, Packet packet) {
        Deque<String> words = new ArrayDeque<>(List.of(rule.split(" ")));
        boolean matches = true;
        boolean negated = false;
        while (!words.isEmpty()) {
            String word = words.pop();
            if (word.equals("-j")) {
                return matches ? String.join(" ", words) : null;
            }
            boolean holds =
                    switch (word) {
                        case "!" -> true;
                        case "-d" -> isIn(packet.destination(), words.pop());
                        case "-s" -> isIn(packet.source(), words.pop());
                        case "-p" -> words.pop().equals(protocol(packet));
                        case "-m" -> !words.pop().isEmpty();
                        case "--dport" -> Integer.parseInt(words.pop()) == packet.port();
                        case "--dst-type" ->
                                words.pop().equals("LOCAL") && isLocal(packet.destination());
                        case "--ctstate" -> words.pop().equals("NEW");
                        default -> throw new IllegalArgumentException("rule: " + rule);
                    };
            matches &= word.equals("!") || holds != negated;
            negated = word.equals("!");
        }
        throw new IllegalArgumentException("rule without a target: " + rule);
    }
}
