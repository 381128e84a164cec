package dev.penstock.l4.iptables;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to be remembered until {@code remove()}, by whichever run of the program: how the machine
 * was before. It is kept as comments of rules without a target in a chain that nothing leads to, so
 * that it comes and goes with the rules.
 *
 * @param byTable the notes by table
 */
record Notes(Map<String, List<String>> byTable) {

    private static final String START = "-m comment --comment ";

    static Notes none() {
        return new Notes(new HashMap<>());
    }

    /** Reads them out of our chains. */
    static Notes of(PresentRules present) {
        Notes notes = none();
        for (String table : List.of(Chain.NAT, Chain.FILTER)) {
            Chain chain = new Chain(table, ChainNames.CANARY);
            for (String rule : present.chains().getOrDefault(chain, List.of())) {
                int start = rule.indexOf(START);
                if (start >= 0) {
                    notes.add(table, rule.substring(start + START.length()).replace("\"", ""));
                }
            }
        }
        return notes;
    }

    void add(String table, String note) {
        byTable.computeIfAbsent(table, _ -> new ArrayList<>()).add(note);
    }

    /** Adds those of tables that have none here. */
    void addMissing(Notes others) {
        others.byTable.forEach(
                (table, notes) -> byTable.putIfAbsent(table, new ArrayList<>(notes)));
    }

    void remove(String table, String note) {
        byTable.getOrDefault(table, new ArrayList<>()).remove(note);
    }

    List<String> in(String table) {
        return List.copyOf(byTable.getOrDefault(table, List.of()));
    }

    /** The first note that begins so; null for none. */
    @Nullable String startingWith(String table, String start) {
        return in(table).stream().filter(note -> note.startsWith(start)).findFirst().orElse(null);
    }

    /** The rules that hold the notes of a table. */
    List<String> rules(String table) {
        return in(table).stream().map(note -> START + "\"" + note + "\"").toList();
    }
}
