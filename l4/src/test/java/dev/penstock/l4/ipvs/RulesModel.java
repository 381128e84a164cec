package dev.penstock.l4.ipvs;

import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.PacketModel.Packet;
import dev.penstock.model.address.Cidr;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Protocol;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Interprets the mode's iptables rules, sets and virtual servers for one first packet, as the
 * kernel would: only the matches and targets that the rules have.
 */
final class RulesModel {

    /** What becomes of the packet. */
    record Outcome(String verdict, Set<RealServer> destinations, boolean masquerade) {}

    private final Target target;
    private final NodeFacts node;
    private int mark;

    RulesModel(Target target, NodeFacts node) {
        this.target = target;
        this.node = node;
    }

    /**
     * @param fromNode whether the node itself sends it
     */
    Outcome send(Packet packet, boolean fromNode) {
        mark = 0;
        Map<String, List<String>> rules = new Tables(family(packet), node).rules();
        String hook = fromNode ? "NODE-MARK" : "MARK";
        String verdict = run(rules, "mangle", hook, packet);
        if (verdict == null) {
            run(rules, "nat", "SERVICES", packet);
            // The node's own packets meet IPVS before this chain, unless IPVS has none of it.
            VirtualServer server = server(packet);
            if (!fromNode || server == null) {
                verdict = run(rules, "filter", "FILTER", packet);
            }
        }
        VirtualServer server = server(packet);
        if (verdict != null) {
            return new Outcome(verdict, Set.of(), false);
        }
        if (server == null) {
            return new Outcome("NOT OURS", Set.of(), false);
        }
        Set<RealServer> destinations = new HashSet<>();
        server.weights()
                .forEach((real, weight) -> {
                    if (weight > 0) {
                        destinations.add(real);
                    }
                });
        return new Outcome("FORWARD", destinations, (mark & Marks.MASQUERADE) != 0);
    }

    private @Nullable VirtualServer server(Packet packet) {
        VirtualServer marked =
                mark == 0 ? null : target.server(new ServerKey.Mark(family(packet), mark, true));
        return marked != null
                ? marked
                : target.server(
                        new ServerKey.Address(
                                packet.protocol(), packet.destination(), packet.port()));
    }

    /** The verdict of a chain; null for none. */
    private @Nullable String run(
            Map<String, List<String>> rules, String table, String chain, Packet packet) {
        for (String rule : rules.getOrDefault(table, List.of())) {
            String start = "-A " + Tables.PREFIX + chain + " ";
            if (rule.startsWith(start)) {
                String[] parts = rule.substring(start.length() - 1).split(" -j ", 2);
                if (matches(parts[0], packet)) {
                    String action = parts[1];
                    if (action.equals("RETURN")) {
                        return null;
                    } else if (action.startsWith("MARK --set-xmark 0x4000/0x4000")) {
                        mark |= Marks.MASQUERADE;
                    } else if (action.startsWith("SET --map-set")) {
                        mapMark(packet);
                    } else {
                        return action.split(" ")[0];
                    }
                }
            }
        }
        return null;
    }

    private void mapMark(Packet packet) {
        String prefix = element(packet) + " skbmark 0x";
        for (SetElement element : target.all().elements()) {
            if (element.set() == SetName.SHORT_CIRCUIT && element.text().startsWith(prefix)) {
                mark = Integer.parseUnsignedInt(element.text().substring(prefix.length()), 16);
            }
        }
    }

    private boolean matches(String conditions, Packet packet) {
        for (String condition : conditions.strip().split("(?<!!) (?=-m |-p |! -p )")) {
            if (!condition.isBlank() && !matchesOne(condition.strip(), packet)) {
                return false;
            }
        }
        return true;
    }

    private boolean matchesOne(String condition, Packet packet) {
        return switch (condition) {
            case "-m conntrack --ctstate NEW" -> true;
            case "-m conntrack ! --ctstate NEW" -> false;
            case "-p tcp" -> packet.protocol() == Protocol.TCP;
            case "! -p icmp", "! -p ipv6-icmp" -> true;
            case "-m mark --mark 0xa500000/0xfff00000" -> Marks.isOurs(mark);
            default -> matchesSet(condition, packet);
        };
    }

    private boolean matchesSet(String condition, Packet packet) {
        String[] words = condition.split(" ");
        boolean negated = words[2].equals("!");
        int at = negated ? 4 : 3;
        if (!words[at - 1].equals("--match-set")) {
            throw new IllegalArgumentException("unknown condition: " + condition);
        }
        return contains(words[at], words[at + 1], packet) != negated;
    }

    private boolean contains(String set, String directions, Packet packet) {
        for (SetName name : SetName.values()) {
            if (name.of(family(packet)).equals(set)) {
                return contains(name, directions, packet);
            }
        }
        throw new IllegalArgumentException("unknown set: " + set);
    }

    private boolean contains(SetName name, String directions, Packet packet) {
        if (name == SetName.VIP) {
            return target.hasAddress(
                    directions.equals("src") ? packet.source() : packet.destination());
        }
        return switch (directions) {
            case "src" -> texts(name).stream().anyMatch(network -> isIn(packet.source(), network));
            case "dst,dst" -> texts(name).contains(element(packet));
            case "dst,dst,src" ->
                    texts(name).stream()
                            .filter(text -> text.startsWith(element(packet) + ","))
                            .anyMatch(text ->
                                    isIn(
                                            packet.source(),
                                            text.substring(element(packet).length() + 1)));
            default -> throw new IllegalArgumentException("unknown directions: " + directions);
        };
    }

    private Set<String> texts(SetName name) {
        Set<String> texts = new HashSet<>();
        for (SetElement element : target.all().elements()) {
            if (element.set() == name) {
                texts.add(element.text());
            }
        }
        return texts;
    }

    private static IpFamily family(Packet packet) {
        return IpFamily.of(packet.destination());
    }

    private static String element(Packet packet) {
        return new ServerKey.Address(packet.protocol(), packet.destination(), packet.port())
                .element();
    }

    private static boolean isIn(String address, String network) {
        return Cidr.parse(network).contains(InetAddress.ofLiteral(address));
    }
}
