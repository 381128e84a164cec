package dev.penstock.l4.iptables;

import dev.penstock.l4.command.Command;
import dev.penstock.l4.command.CommandException;
import dev.penstock.l4.iptables.Iptables.Backend;
import dev.penstock.l4.node.RulesException;
import dev.penstock.model.address.IpFamily;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The tables and built-in chains that iptables makes among those of nf_tables when a rule first
 * needs them, and leaves there. Which of them were made for us is one of our {@link Notes}, so that
 * {@code nft list ruleset} says in the end what it said before. Where there is no {@code nft}, they
 * stay; so do the tables of ip_tables, which cannot be taken away.
 */
final class BuiltInChains {

    private static final String TABLE_NOTE = "made the table";
    private static final String CHAIN_NOTE = "made the chain ";

    private final Iptables iptables;
    private final String family;

    BuiltInChains(Iptables iptables) {
        this.iptables = iptables;
        this.family = iptables.family() == IpFamily.IPV4 ? "ip" : "ip6";
    }

    /** Takes note of the chains that do not exist and are about to. */
    void note(List<Chain> needed, Notes notes) {
        if (needed.isEmpty() || iptables.backend() == Backend.LEGACY || !Command.exists("nft")) {
            return;
        }
        try {
            String listed = Command.of("nft", "list", "chains", family).run();
            Map<String, List<Chain>> byTable =
                    needed.stream().collect(Collectors.groupingBy(Chain::table));
            byTable.forEach((table, chains) -> note(table, chains, listed, notes));
        } catch (CommandException _) {
            return; // nothing is known, so that nothing will be taken away
        }
    }

    private void note(String table, List<Chain> needed, String listed, Notes notes) {
        int start = listed.indexOf("table " + family + " " + table + " {");
        if (start < 0) {
            notes.add(table, TABLE_NOTE);
        }
        String there = start < 0 ? "" : listed.substring(start, listed.indexOf("\n}", start));
        needed.stream()
                .map(Chain::name)
                .filter(name -> !there.contains("chain " + name + " {"))
                .sorted()
                .forEach(name -> notes.add(table, CHAIN_NOTE + name));
    }

    /** Takes away what was made for us, unless somebody else uses it by now. */
    void removeNoted(Notes notes) throws RulesException {
        for (String table : List.of(Chain.NAT, Chain.FILTER)) {
            String saved = notes.in(table).isEmpty() ? "" : iptables.save(table);
            for (String note : notes.in(table)) {
                if (note.startsWith(CHAIN_NOTE)) {
                    removeChain(table, note.substring(CHAIN_NOTE.length()), saved);
                }
            }
            if (notes.in(table).contains(TABLE_NOTE)) {
                removeTable(table);
            }
        }
    }

    private void removeChain(String table, String chain, String saved) {
        boolean isPlain = saved.contains("\n:" + chain + " ACCEPT ");
        if (isPlain && !saved.contains("\n-A " + chain + " ")) {
            // Refuses one that got a rule since.
            runOrLeave(Command.of(iptables.program(), "-t", table, "-X", chain));
        }
    }

    private void removeTable(String table) {
        try {
            String listed = Command.of("nft", "list", "table", family, table).run();
            String empty = "table " + family + " " + table + " {}";
            if (listed.replaceAll("\\s+", " ").strip().replace("{ }", "{}").equals(empty)) {
                runOrLeave(Command.of("nft", "delete", "table", family, table));
            }
        } catch (CommandException _) {
            return; // it is gone
        }
    }

    private static void runOrLeave(Command command) {
        try {
            command.run();
        } catch (CommandException _) {
            return; // it is in use, or the program is older than this: it stays, empty
        }
    }
}
