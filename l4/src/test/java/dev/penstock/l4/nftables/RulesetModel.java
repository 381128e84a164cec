package dev.penstock.l4.nftables;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.l4.node.PacketModel.Packet;
import dev.penstock.model.address.Cidr;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A kernel that knows the statements and rules that the mode writes, and no others. Scripts change
 * it as they change a kernel: what one would refuse, it refuses.
 */
final class RulesetModel {

    private static final Pattern CHAIN =
            Pattern.compile(
                    "add chain (ip6?) penstock (\\S+)(?: \\{ type \\w+ hook (\\w+) priority (-?\\d+) ; })?");
    private static final Pattern RULE =
            Pattern.compile("add rule (ip6?) penstock (\\S+) (.*) comment \"([0-9a-f]{8})\"");
    private static final Pattern ELEMENTS =
            Pattern.compile("(add|delete) element (ip6?) penstock (\\S+) \\{ (.*) }");
    private static final Pattern DECLARATION =
            Pattern.compile("add (?:set|map) (ip6?) penstock (\\S+) \\{ .* }");
    private static final Pattern FLUSH = Pattern.compile("flush chain (ip6?) penstock (\\S+)");
    private static final Pattern DELETE = Pattern.compile("delete chain (ip6?) penstock (\\S+)");

    private static final String ONE_FIELD =
            "(?:ip6? [ds]addr|meta l4proto|th [ds]port|meta priority"
                    + "|numgen (?:random|inc) mod \\d+"
                    + "|jhash ip6? saddr(?: \\. th sport)? mod \\d+ seed 0x[0-9a-f]+)";
    private static final Pattern FIELD = Pattern.compile(ONE_FIELD);
    private static final String KEY = "(" + ONE_FIELD + "(?: \\. " + ONE_FIELD + ")*)";
    private static final Pattern SLOTS =
            Pattern.compile("(?:numgen (?:random|inc)|jhash .*) mod (\\d+)(?: seed \\w+)?");

    private static final Pattern NETWORKS =
            Pattern.compile("(ip6? [ds]addr) (!= )?(\\{ [^}]* }|[0-9a-f:][0-9a-f.:/]*)");
    private static final Pattern CONDITION =
            Pattern.compile(
                    "(?:ct state new|ct status dnat|fib [ds]addr type local"
                            + "|meta mark and 0x00004000 == 0x00004000"
                            + "|meta l4proto \\{ tcp, udp, sctp }|meta l4proto tcp"
                            + "|"
                            + KEY
                            + " (?:!= )?@\\S+"
                            + "|ip6? [ds]addr (?:!= )?(?:\\{ [^}]* }|[0-9a-f:][0-9a-f.:/]*(?= ))) ");
    private static final Pattern VERDICT_MAP = Pattern.compile(KEY + " vmap @(\\S+)");
    private static final Pattern DNAT = Pattern.compile("dnat ip6? to " + KEY + " map @(\\S+)");
    private static final Pattern PRIORITY =
            Pattern.compile("meta priority set " + KEY + " map @(\\S+)");

    private final Map<String, Map<String, String>> collections = new HashMap<>();
    private final Map<String, List<String>> chains = new HashMap<>();
    private final Map<String, Hook> hooks = new HashMap<>();

    private record Hook(String name, int priority) {}

    /** Does what a script says. */
    void run(String script) {
        script.lines().forEach(this::execute);
    }

    /** Puts the first rule of a chain there, as the kernel's own protocol does. */
    void addFirst(Dialect dialect, Chain chain) {
        RawRule first = chain.first();
        if (first != null) {
            rules(dialect.word() + " " + chain.name()).add(0, first.text());
        }
    }

    private void execute(String line) {
        Matcher chain = CHAIN.matcher(line);
        Matcher rule = RULE.matcher(line);
        Matcher elements = ELEMENTS.matcher(line);
        Matcher declaration = DECLARATION.matcher(line);
        Matcher flush = FLUSH.matcher(line);
        Matcher delete = DELETE.matcher(line);
        if (chain.matches()) {
            chains.computeIfAbsent(name(chain, 1), _ -> new ArrayList<>());
            if (chain.group(3) != null) {
                Hook hook = new Hook(chain.group(3), Integer.parseInt(chain.group(4)));
                hooks.put(name(chain, 1), hook);
            }
        } else if (rule.matches()) {
            assertThat(rule.group(4)).isEqualTo(Chain.mark(rule.group(3)));
            rules(name(rule, 1)).add(rule.group(3));
        } else if (elements.matches()) {
            elements(elements);
        } else if (declaration.matches()) {
            collections.computeIfAbsent(name(declaration, 1), _ -> new HashMap<>());
        } else if (flush.matches()) {
            rules(name(flush, 1)).clear();
        } else if (delete.matches()) {
            assertThat(chains.remove(name(delete, 1))).as(line).isNotNull();
            checkTargets();
        } else {
            assertThat(line).startsWith("add table ");
        }
    }

    private static String name(Matcher matcher, int group) {
        return matcher.group(group) + " " + matcher.group(group + 1);
    }

    private List<String> rules(String chain) {
        return requireNonNull(chains.get(chain), "chain " + chain);
    }

    private Map<String, String> collection(String name) {
        return requireNonNull(collections.get(name), "set or map " + name);
    }

    private void elements(Matcher matcher) {
        Map<String, String> elements = collection(name(matcher, 2));
        for (String element : matcher.group(4).split(", ")) {
            String[] parts = element.split(" : ");
            if (matcher.group(1).equals("delete")) {
                assertThat(elements.remove(element)).as("to delete " + element).isNotNull();
            } else {
                String value = parts.length == 2 ? parts[1] : "";
                assertThat(elements.put(parts[0], value)).as("to add " + element).isNull();
                if (value.startsWith("goto ")) {
                    rules(matcher.group(2) + " " + value.substring("goto ".length()));
                }
            }
        }
    }

    /** A kernel lets no chain go that something leads to. */
    private void checkTargets() {
        collections.forEach((name, elements) ->
                elements.values().stream()
                        .filter(value -> value.startsWith("goto "))
                        .forEach(value ->
                                rules(name.substring(0, name.indexOf(' ')) + value.substring(4))));
    }

    /** Everything there is, to be compared. */
    String text() {
        return Stream.concat(
                        chains.entrySet().stream().map(String::valueOf),
                        collections.entrySet().stream()
                                .flatMap(entry ->
                                        entry.getValue().entrySet().stream()
                                                .map(element -> entry.getKey() + " " + element)))
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    /** What may become of the first packet of a connection, with every slot that may be drawn. */
    Set<String> fates(Packet packet, List<String> localAddresses) {
        Set<String> fates = new HashSet<>();
        Walk walk;
        int slot = 0;
        do {
            walk = new Walk(packet, localAddresses, slot++);
            fates.add(walk.fate());
        } while (slot < walk.slots);
        return fates;
    }

    /** One packet on its way. */
    private final class Walk {

        private final Set<String> localAddresses;
        private final String family;
        private final Map<String, String> fields = new HashMap<>();
        private final int slot;
        private int slots = 1;
        private boolean isMarked;
        private boolean isTranslated;
        private boolean isMasqueraded;

        Walk(Packet packet, List<String> localAddresses, int slot) {
            this.localAddresses = Set.copyOf(localAddresses);
            this.slot = slot;
            this.family = packet.destination().indexOf(':') >= 0 ? "ip6" : "ip";
            fields.put(family + " saddr", packet.source());
            fields.put(family + " daddr", packet.destination());
            fields.put("meta l4proto", Dialect.protocol(packet.protocol()));
            fields.put("th dport", Integer.toString(packet.port()));
            fields.put("th sport", "40000");
            fields.put("meta priority", "0:0");
        }

        String fate() {
            boolean isOurs = isLocal("saddr");
            String verdict = hook(isOurs ? "output" : "prerouting");
            if (verdict.equals("accept") && !isOurs) {
                verdict = hook(isLocal("daddr") ? "input" : "forward");
            }
            if (verdict.equals("accept")) {
                verdict = hook("postrouting");
            }
            if (!verdict.equals("accept")) {
                return verdict.equals("drop") ? "dropped" : verdict;
            }
            return isTranslated
                    ? fields.get(family + " daddr")
                            + " "
                            + fields.get("th dport")
                            + (isMasqueraded ? " masqueraded" : "")
                    : "not ours";
        }

        private boolean isLocal(String which) {
            return localAddresses.contains(fields.get(family + " " + which));
        }

        private String hook(String name) {
            List<String> base =
                    hooks.entrySet().stream()
                            .filter(entry ->
                                    entry.getValue().name().equals(name)
                                            && entry.getKey().startsWith(family + " "))
                            .sorted(Comparator.comparingInt(entry -> entry.getValue().priority()))
                            .map(Map.Entry::getKey)
                            .toList();
            for (String chain : base) {
                String verdict = chain(chain);
                if (verdict != null && !verdict.equals("return") && !verdict.equals("accept")) {
                    return verdict;
                }
            }
            return "accept";
        }

        /** The verdict of a chain; null where it comes to its end. */
        private @Nullable String chain(String name) {
            for (String rule : rules(name)) {
                String verdict = rule(rule);
                if (verdict == null || verdict.equals("continue")) {
                    continue;
                }
                if (verdict.startsWith("jump ")) {
                    String inner = chain(family + verdict.substring(4));
                    if (inner != null && !inner.equals("return")) {
                        return inner;
                    }
                } else if (verdict.startsWith("goto ")) {
                    return chain(family + verdict.substring(4));
                } else {
                    return verdict;
                }
            }
            return null;
        }

        /** The verdict of a rule; null where a condition does not hold. */
        private @Nullable String rule(String rule) {
            String rest = rule;
            while (true) {
                Matcher matcher = CONDITION.matcher(rest);
                if (!matcher.lookingAt()) {
                    return statement(rest);
                }
                if (!holds(matcher.group().strip())) {
                    return null;
                }
                rest = rest.substring(matcher.end());
            }
        }

        private boolean holds(String condition) {
            if (condition.equals("ct state new")) {
                return true;
            }
            if (condition.equals("ct status dnat")) {
                return isTranslated;
            }
            if (condition.startsWith("meta mark and")) {
                return isMarked;
            }
            if (condition.startsWith("fib ")) {
                return isLocal(condition.split(" ")[1]);
            }
            if (condition.equals("meta l4proto { tcp, udp, sctp }")) {
                return true;
            }
            if (condition.equals("meta l4proto tcp")) {
                return "tcp".equals(fields.get("meta l4proto"));
            }
            return condition.contains("@") ? isElement(condition) : isInNetworks(condition);
        }

        private boolean isElement(String condition) {
            boolean isNegated = condition.contains(" != ");
            String[] parts = condition.split(" (?:!= )?@");
            Map<String, String> set = collection(family + " " + parts[1]);
            String key = key(parts[0]);
            boolean found =
                    parts[1].equals("allowed")
                            ? set.keySet().stream().anyMatch(element -> isInRange(key, element))
                            : set.containsKey(key);
            return found != isNegated;
        }

        private static boolean isInRange(String key, String element) {
            int last = key.lastIndexOf(" . ") + 3;
            return element.startsWith(key.substring(0, last))
                    && Cidr.parse(element.substring(last))
                            .contains(InetAddress.ofLiteral(key.substring(last)));
        }

        private boolean isInNetworks(String condition) {
            Matcher matcher = NETWORKS.matcher(condition);
            assertThat(matcher.matches()).as(condition).isTrue();
            InetAddress address = InetAddress.ofLiteral(fields.get(matcher.group(1)));
            boolean found =
                    Stream.of(matcher.group(3).split("[{}, ]+"))
                            .filter(network -> !network.isEmpty())
                            .anyMatch(network -> Cidr.parse(network).contains(address));
            return found == (matcher.group(2) == null);
        }

        private @Nullable String statement(String text) {
            Matcher verdict = VERDICT_MAP.matcher(text);
            Matcher dnat = DNAT.matcher(text);
            Matcher priority = PRIORITY.matcher(text);
            if (verdict.matches()) {
                return lookUp(verdict);
            }
            if (dnat.matches()) {
                return translate(lookUp(dnat));
            }
            if (priority.matches()) {
                fields.put("meta priority", requireNonNull(lookUp(priority), text));
                return "continue";
            }
            return simpleStatement(text);
        }

        private @Nullable String lookUp(Matcher lookup) {
            return collection(family + " " + lookup.group(2)).get(key(lookup.group(1)));
        }

        private @Nullable String translate(@Nullable String endpoint) {
            if (endpoint == null) {
                return null;
            }
            String[] parts = endpoint.split(" \\. ");
            fields.put(family + " daddr", parts[0]);
            fields.put("th dport", parts[1]);
            isTranslated = true;
            return "accept";
        }

        private String simpleStatement(String text) {
            if (text.startsWith("reject")) {
                return "rejected";
            }
            if (text.startsWith("jump ") || text.startsWith("goto ")) {
                return text;
            }
            switch (text) {
                case "drop" -> {
                    return text;
                }
                case "meta mark set meta mark or 0x00004000" -> isMarked = true;
                case "meta mark set meta mark and 0xffffbfff" -> isMarked = false;
                case "meta priority set 0" -> fields.put("meta priority", "0:0");
                case "masquerade fully-random" -> {
                    isMasqueraded = true;
                    return "accept";
                }
                default -> assertThat(text).startsWith("update @affinity ");
            }
            return "continue";
        }

        private String key(String expression) {
            List<String> key = new ArrayList<>();
            Matcher field = FIELD.matcher(expression);
            while (field.find()) {
                Matcher drawn = SLOTS.matcher(field.group());
                if (drawn.matches()) {
                    slots = Integer.parseInt(drawn.group(1));
                    key.add(Integer.toString(slot % slots));
                } else {
                    key.add(fields.get(field.group()));
                }
            }
            return String.join(" . ", key);
        }
    }
}
