package dev.penstock.l4.conntrack;

import dev.penstock.l4.command.Command;
import dev.penstock.l4.command.CommandException;
import dev.penstock.l4.node.RulesException;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.address.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The kernel's flows by the {@code conntrack} program, where netlink is not possible. */
final class ConntrackProgram implements FlowTable {

    static final String NAME = "conntrack";

    private static final String NOT_FOUND = "0 flow entries have been deleted";

    @Override
    public List<Flow> find(IpFamily family, Predicate<Flow> test) throws RulesException {
        try {
            String listing = Command.of(NAME, "-L", "-p", "udp", "-f", text(family)).run();
            return parse(listing, family).stream().filter(test).toList();
        } catch (CommandException e) {
            throw new RulesException(e.getMessage(), e);
        }
    }

    /**
     * Reads what {@code conntrack -L} writes: a line for each entry with {@code src=}, {@code
     * dst=}, {@code sport=} and {@code dport=}, for the first packet and then for answers.
     */
    static List<Flow> parse(String listing, IpFamily family) {
        List<Flow> flows = new ArrayList<>();
        for (String line : listing.lines().toList()) {
            List<String> words = List.of(line.split(" +"));
            Peer client = peer(words, "src=", "sport=", false);
            Peer destination = peer(words, "dst=", "dport=", false);
            Peer server = peer(words, "src=", "sport=", true);
            boolean inZone = words.stream().anyMatch(word -> word.startsWith("zone"));
            if (client != null && destination != null && server != null && !inZone) {
                flows.add(new Flow(family, client, destination, server, 0));
            }
        }
        return flows;
    }

    private static @Nullable Peer peer(
            List<String> words, String address, String port, boolean isAnswer) {
        String addressText = value(words, address, isAnswer);
        String portText = value(words, port, isAnswer);
        String canonical = addressText == null ? null : AddressText.canonical(addressText);
        return canonical == null || portText == null
                ? null
                : new Peer(canonical, Integer.parseInt(portText));
    }

    private static @Nullable String value(List<String> words, String key, boolean isAnswer) {
        List<String> values = words.stream().filter(word -> word.startsWith(key)).toList();
        int index = isAnswer ? 1 : 0;
        return values.size() <= index ? null : values.get(index).substring(key.length());
    }

    @Override
    public int delete(List<Flow> flows) throws RulesException {
        int deleted = 0;
        for (Flow flow : flows) {
            try {
                deletion(flow).run();
                deleted++;
            } catch (CommandException e) {
                // It ended by itself meanwhile.
                if (!e.errors().contains(NOT_FOUND)) {
                    throw new RulesException(e.getMessage(), e);
                }
            }
        }
        return deleted;
    }

    private static Command deletion(Flow flow) {
        return Command.of(
                NAME,
                "-D",
                "-p",
                "udp",
                "-f",
                text(flow.family()),
                "--orig-src",
                flow.client().address(),
                "--orig-port-src",
                Integer.toString(flow.client().port()),
                "--orig-dst",
                flow.destination().address(),
                "--orig-port-dst",
                Integer.toString(flow.destination().port()));
    }

    private static String text(IpFamily family) {
        return family == IpFamily.IPV4 ? "ipv4" : "ipv6";
    }

    @Override
    public void close() {
        // Nothing is held open.
    }
}
