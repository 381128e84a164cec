package dev.penstock.l4.iptables;

import java.util.Comparator;

/**
 * Names a chain.
 *
 * @param table {@link #NAT} or {@link #FILTER}
 * @param name its name
 */
record Chain(String table, String name) implements Comparable<Chain> {

    static final String NAT = "nat";
    static final String FILTER = "filter";

    private static final Comparator<Chain> ORDER =
            Comparator.comparing(Chain::table).thenComparing(Chain::name);

    static Chain nat(String name) {
        return new Chain(NAT, name);
    }

    static Chain filter(String name) {
        return new Chain(FILTER, name);
    }

    @Override
    public int compareTo(Chain other) {
        return ORDER.compare(this, other);
    }
}
