package dev.penstock.l4.nftables;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A chain with its rules.
 *
 * @param name its name
 * @param hook what makes it a base chain, such as {@code type nat hook output priority -100}; empty
 *     for a chain that only other rules lead to
 * @param first a rule before the others that a script cannot add; null for none
 * @param rules its rules, in the language of nft, without comments
 */
record Chain(String name, String hook, @Nullable RawRule first, List<String> rules) {

    Chain {
        rules = List.copyOf(rules);
    }

    static Chain of(String name, String... rules) {
        return of(name, List.of(rules));
    }

    static Chain of(String name, List<String> rules) {
        return new Chain(name, "", null, rules);
    }

    /** A chain of one rule. */
    static Chain of(String name, RawRule rule) {
        return new Chain(name, "", rule, List.of());
    }

    /** A chain that the kernel leads packets to. */
    static Chain base(String name, String hook, List<String> rules) {
        return new Chain(name, hook, null, rules);
    }

    boolean isBase() {
        return !hook.isEmpty();
    }

    /** The comment of each rule: what the rule is recognised by when the table is read back. */
    List<String> marks() {
        Stream<String> raw = first == null ? Stream.of() : Stream.of(first.text());
        return Stream.concat(raw, rules.stream()).map(Chain::mark).toList();
    }

    /** How many rules it has. */
    int size() {
        return rules.size() + (first == null ? 0 : 1);
    }

    /**
     * A rule's comment: a hash of its text. Comparing texts would not do, because every version of
     * nft prints rules in its own way.
     */
    static String mark(String rule) {
        return String.format("%08x", rule.hashCode());
    }
}
