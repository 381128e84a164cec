package dev.penstock.l4.nftables;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** A script for nft under construction: statements about one table at a time. */
final class Script {

    /** How many elements one statement has. */
    private static final int ELEMENTS_MAX = 100;

    private final StringBuilder text = new StringBuilder();
    private int operations;

    /** Whether it has no statement. */
    boolean isEmpty() {
        return text.isEmpty();
    }

    /** How many rules and elements it adds or deletes. */
    int operations() {
        return operations;
    }

    String text() {
        return text.toString();
    }

    Script line(String statement) {
        text.append(statement).append('\n');
        return this;
    }

    /** Makes the table and its sets and maps as far as they do not exist. */
    void declare(Dialect dialect, String comment) {
        line("add table " + dialect.table() + " { comment \"" + comment + "\" ; }");
        for (Collection collection : Collection.values()) {
            line(collection.declaration(dialect));
        }
    }

    /**
     * Makes chains, and gives those that exist these rules instead of theirs. Rules that a script
     * cannot add are left out.
     */
    void chains(Dialect dialect, List<Chain> chains) {
        chains(dialect, chains, false);
    }

    /** As {@link #chains}, in the script that also makes the table: it can add most rules. */
    void chainsOfNewTable(Dialect dialect, List<Chain> chains) {
        chains(dialect, chains, true);
    }

    private void chains(Dialect dialect, List<Chain> chains, boolean isNewTable) {
        for (Chain chain : chains) {
            line(
                    "add chain "
                            + named(dialect, chain.name())
                            + (chain.isBase() ? " { " + chain.hook() + " ; }" : ""));
        }
        for (Chain chain : chains) {
            line("flush chain " + named(dialect, chain.name()));
            RawRule first = chain.first();
            if (first != null && first.isScriptable() && isNewTable) {
                rule(dialect, chain, first.text());
            }
            chain.rules().forEach(rule -> rule(dialect, chain, rule));
            operations += chain.size();
        }
    }

    private void rule(Dialect dialect, Chain chain, String rule) {
        line(
                "add rule "
                        + named(dialect, chain.name())
                        + " "
                        + rule
                        + " comment \""
                        + Chain.mark(rule)
                        + "\"");
    }

    /** Deletes chains that nothing leads to but each other. */
    void deleteChains(Dialect dialect, Iterable<String> names) {
        for (String name : names) {
            line("flush chain " + named(dialect, name));
        }
        for (String name : names) {
            line("delete chain " + named(dialect, name));
            operations++;
        }
    }

    void add(Dialect dialect, Collection collection, Map<String, String> elements) {
        Iterator<Map.Entry<String, String>> all = elements.entrySet().iterator();
        while (all.hasNext()) {
            begin("add", dialect, collection);
            for (int i = 0; i < ELEMENTS_MAX && all.hasNext(); i++) {
                Map.Entry<String, String> element = all.next();
                text.append(i == 0 ? "" : ", ").append(element.getKey());
                if (!element.getValue().isEmpty()) {
                    text.append(" : ").append(element.getValue());
                }
                operations++;
            }
            text.append(" }\n");
        }
    }

    void delete(Dialect dialect, Collection collection, Iterable<String> keys) {
        Iterator<String> all = keys.iterator();
        while (all.hasNext()) {
            begin("delete", dialect, collection);
            for (int i = 0; i < ELEMENTS_MAX && all.hasNext(); i++) {
                text.append(i == 0 ? "" : ", ").append(all.next());
                operations++;
            }
            text.append(" }\n");
        }
    }

    private void begin(String verb, Dialect dialect, Collection collection) {
        text.append(verb)
                .append(" element ")
                .append(dialect.table())
                .append(' ')
                .append(collection.title())
                .append(" { ");
    }

    private static String named(Dialect dialect, String chain) {
        return dialect.table() + " " + chain;
    }
}
