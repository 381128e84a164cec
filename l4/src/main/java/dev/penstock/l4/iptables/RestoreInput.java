package dev.penstock.l4.iptables;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Collects changes and writes them as an input of {@code iptables-restore}. The table filter comes
 * first: what is to be refused is refused before it is no longer forwarded. Not for two threads.
 */
final class RestoreInput {

    private static final class Changes {
        final List<String> declared = new ArrayList<>();
        final List<String> rules = new ArrayList<>();
        final List<String> removed = new ArrayList<>();
    }

    /** By table; "filter" sorts before "nat". */
    private final Map<String, Changes> tables = new TreeMap<>();

    private int operations;

    /** Makes a chain or empties it, and fills it; null removes it. */
    void chain(Chain chain, @Nullable List<String> rules) {
        Changes changes = of(chain);
        changes.declared.add(":" + chain.name() + " - [0:0]");
        if (rules == null) {
            changes.removed.add("-X " + chain.name());
        } else {
            rules.forEach(rule -> changes.rules.add("-A " + chain.name() + " " + rule));
            operations += rules.size();
        }
        operations++;
    }

    /** Puts a rule at the head of a built-in chain. */
    void hook(Chain builtIn, String rule) {
        of(builtIn).rules.add("-I " + builtIn.name() + " 1 " + rule);
        operations++;
    }

    /** Takes a rule out of a built-in chain. */
    void unhook(Chain builtIn, String rule) {
        of(builtIn).rules.add("-D " + builtIn.name() + " " + rule);
        operations++;
    }

    private Changes of(Chain chain) {
        return tables.computeIfAbsent(chain.table(), _ -> new Changes());
    }

    /** How many chains and rules are written or removed. */
    int operations() {
        return operations;
    }

    String text() {
        StringBuilder text = new StringBuilder();
        tables.forEach((table, changes) -> {
            text.append('*').append(table).append('\n');
            changes.declared.forEach(line -> text.append(line).append('\n'));
            changes.rules.forEach(line -> text.append(line).append('\n'));
            changes.removed.forEach(line -> text.append(line).append('\n'));
            text.append("COMMIT\n");
        });
        return text.toString();
    }
}
