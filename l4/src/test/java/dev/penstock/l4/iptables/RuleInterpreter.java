package dev.penstock.l4.iptables;

import dev.penstock.l4.node.PacketModel.Packet;
import dev.penstock.model.address.Cidr;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Walks our rules as the kernel does, for the first packet of a connection, along every way that
 * chance or memory may take. Knows the rules that we write and no others: anything else is an
 * error.
 */
final class RuleInterpreter {

    /** An end of a packet's ways. {@code to} is empty where it was not translated. */
    record End(String verdict, String to, boolean masqueraded) {}

    private record State(
            Packet packet, String destination, int port, boolean marked, boolean translated) {}

    private record Way(State state, String verdict, double chance) {}

    private final Map<Chain, List<String>> chains;
    private final Map<Chain, List<String>> hooks;
    private final List<String> nodeAddresses;

    RuleInterpreter(
            Map<Chain, List<String>> chains,
            Map<Chain, List<String>> hooks,
            List<String> nodeAddresses) {
        this.chains = chains;
        this.hooks = hooks;
        this.nodeAddresses = nodeAddresses;
    }

    /** The ends with their chances; what memory of affinity may do besides has the chance 0. */
    Map<End, Double> ends(Packet packet) {
        boolean fromNode = nodeAddresses.contains(packet.source());
        State start = new State(packet, packet.destination(), packet.port(), false, false);
        Map<End, Double> ends = new HashMap<>();
        List<Way> routed =
                walk(Chain.nat(fromNode ? "OUTPUT" : "PREROUTING"), List.of(new Way(start, "", 1)));
        for (Way way : routed) {
            String hook =
                    fromNode
                            ? "OUTPUT"
                            : nodeAddresses.contains(way.state.destination) ? "INPUT" : "FORWARD";
            Way fresh = new Way(way.state, "", way.chance);
            for (Way filtered : walk(Chain.filter(hook), List.of(fresh))) {
                for (Way last : postrouting(filtered)) {
                    State state = last.state;
                    String to = state.translated ? state.destination + " " + state.port : "";
                    ends.merge(
                            new End(
                                    filtered.verdict.equals("ACCEPT") ? "" : filtered.verdict,
                                    to,
                                    last.verdict.equals("MASQUERADE")),
                            last.chance,
                            Double::sum);
                }
            }
        }
        return ends;
    }

    private List<Way> postrouting(Way way) {
        return List.of("DROP", "REJECT").contains(way.verdict)
                ? List.of(way)
                : walk(Chain.nat("POSTROUTING"), List.of(new Way(way.state, "", way.chance)));
    }

    /** Ways with an empty verdict came to the chain's end. */
    private List<Way> walk(Chain chain, List<Way> ways) {
        List<String> rules = chains.containsKey(chain) ? chains.get(chain) : hooks.get(chain);
        if (rules == null) {
            throw new IllegalStateException("no chain " + chain);
        }
        List<Way> done = new ArrayList<>();
        List<Way> here = ways;
        for (String rule : rules) {
            List<Way> next = new ArrayList<>();
            for (Way way : here) {
                for (Way after : apply(chain.table(), rule, way)) {
                    (after.verdict.isEmpty() ? next : done).add(after);
                }
            }
            here = next;
        }
        done.addAll(here);
        return done.stream()
                .map(way -> way.verdict.equals("RETURN") ? new Way(way.state, "", way.chance) : way)
                .toList();
    }

    private List<Way> apply(String table, String rule, Way way) {
        Map<String, String> options = options(rule);
        if (!matches(options, way.state)) {
            return List.of(way);
        }
        double share = share(options);
        List<Way> ways = new ArrayList<>();
        if (share < 1 || options.containsKey("--rcheck")) {
            ways.add(new Way(way.state, "", way.chance * (1 - share)));
        }
        Way taken = new Way(way.state, "", way.chance * share);
        ways.addAll(target(table, options, taken));
        return ways;
    }

    private static double share(Map<String, String> options) {
        if (options.containsKey("--rcheck")) {
            return 0; // a client that is remembered: possible, but none of the spread
        }
        if (options.containsKey("--probability")) {
            return Double.parseDouble(options.get("--probability"));
        }
        return options.containsKey("--every") ? 1.0 / Integer.parseInt(options.get("--every")) : 1;
    }

    private List<Way> target(String table, Map<String, String> options, Way way) {
        State state = way.state;
        String target = options.getOrDefault("-j", "");
        return switch (target) {
            case "RETURN", "ACCEPT", "DROP", "REJECT", "MASQUERADE" ->
                    List.of(new Way(state, target, way.chance));
            case "MARK" ->
                    List.of(
                            new Way(
                                    marked(state, options.getOrDefault("--set-xmark", "")),
                                    "",
                                    way.chance));
            case "DNAT" ->
                    List.of(
                            new Way(
                                    translated(state, options.getOrDefault("--to-destination", "")),
                                    "ACCEPT",
                                    way.chance));
            default -> walk(new Chain(table, target), List.of(way));
        };
    }

    private static State marked(State state, String mark) {
        return switch (mark) {
            case "0x4000/0x4000" ->
                    new State(state.packet, state.destination, state.port, true, state.translated);
            case "0x4000/0x0" ->
                    new State(
                            state.packet,
                            state.destination,
                            state.port,
                            !state.marked,
                            state.translated);
            default -> throw new IllegalStateException(mark);
        };
    }

    private static State translated(State state, String to) {
        int colon = to.lastIndexOf(':');
        String address = to.substring(0, colon).replace("[", "").replace("]", "");
        return new State(
                state.packet,
                address,
                Integer.parseInt(to.substring(colon + 1)),
                state.marked,
                true);
    }

    private boolean matches(Map<String, String> options, State state) {
        for (Map.Entry<String, String> option : options.entrySet()) {
            boolean negated = option.getKey().startsWith("!");
            String name = negated ? option.getKey().substring(1) : option.getKey();
            if (matches(name, option.getValue(), state) == negated) {
                return false;
            }
        }
        return true;
    }

    private boolean matches(String name, String value, State state) {
        return switch (name) {
            case "-s" -> isIn(state.packet.source(), value);
            case "-d" -> isIn(state.destination, value);
            case "-p" -> state.packet.protocol().name().toLowerCase(Locale.ROOT).equals(value);
            case "--dport" -> isInRange(state.port, value);
            case "--dst-type" -> isLocal(value, state.destination);
            case "--src-type" -> isLocal(value, state.packet.source());
            case "--mark" -> state.marked == value.equals("0x4000/0x4000");
            case "--ctstate" ->
                    List.of(value.split(",", -1)).contains("NEW")
                            || (value.contains("DNAT") && state.translated);
            case "--bytecode" -> state.packet.source().equals(state.destination);
            case "-j", "--comment", "--mode", "--probability", "--every", "--packet" -> true;
            case "--rcheck", "--seconds", "--reap", "--name", "--mask", "--rsource" -> true;
            case "--set", "--set-xmark", "--to-destination", "--random-fully" -> true;
            case "--reject-with" -> true;
            default -> throw new IllegalStateException("unknown: " + name + " " + value);
        };
    }

    private boolean isLocal(String type, String address) {
        return type.equals("LOCAL") && nodeAddresses.contains(address);
    }

    private static boolean isInRange(int port, String range) {
        int colon = range.indexOf(':');
        int first = Integer.parseInt(colon < 0 ? range : range.substring(0, colon));
        int last = colon < 0 ? first : Integer.parseInt(range.substring(colon + 1));
        return port >= first && port <= last;
    }

    private static boolean isIn(String address, String network) {
        int slash = network.indexOf('/');
        String mask = network.substring(slash + 1);
        if (mask.indexOf('.') < 0 && mask.indexOf(':') < 0) {
            return Cidr.parse(network).contains(InetAddress.ofLiteral(address));
        }
        byte[] bytes = InetAddress.ofLiteral(address).getAddress();
        byte[] wanted = InetAddress.ofLiteral(network.substring(0, slash)).getAddress();
        byte[] bits = InetAddress.ofLiteral(mask).getAddress();
        for (int i = 0; i < bytes.length; i++) {
            if ((bytes[i] & bits[i]) != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    /** The options of a rule with their values; a negated one has a "!" before its name. */
    private static Map<String, String> options(String rule) {
        Map<String, String> options = new LinkedHashMap<>();
        String negation = "";
        String name = "";
        for (String word : words(rule)) {
            if (word.equals("!")) {
                negation = "!";
            } else if (word.startsWith("-")) {
                name = negation + word;
                negation = "";
                options.put(name, "");
            } else if (name.equals("-m")) {
                options.remove("-m");
            } else {
                options.merge(name, word, (a, b) -> a.isEmpty() ? b : a + " " + b);
            }
        }
        return options;
    }

    private static List<String> words(String rule) {
        String[] parts = rule.split("\"", -1); // every other one was quoted
        List<String> result = new ArrayList<>();
        for (int i = 0; i < parts.length; i++) {
            if (i % 2 == 1) {
                result.add(parts[i].replace('-', '_'));
            } else {
                for (String word : parts[i].split(" ", -1)) {
                    if (!word.isEmpty()) {
                        result.add(word);
                    }
                }
            }
        }
        return result;
    }
}
