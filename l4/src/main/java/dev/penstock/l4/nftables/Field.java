package dev.penstock.l4.nftables;

/** A part of the key of a set or map. */
enum Field {
    DESTINATION,
    CLIENT,
    PROTOCOL,
    PORT,
    SLOT,
    /**
     * A number that stands for a list of destinations that clients stick to. A rule cannot look
     * something up by what it has just looked up, except by way of a field of the packet: this one
     * takes the packet's priority, which the kernel sets anew when it forwards, and which the rules
     * set back for the others.
     */
    AFFINITY;

    /** The expression of a rule. */
    String expression(Dialect dialect) {
        return switch (this) {
            case DESTINATION -> dialect.destination();
            case CLIENT -> dialect.source();
            case PROTOCOL -> "meta l4proto";
            case PORT -> "th dport";
            // Any expression of 32 bits would do: only the type counts.
            case SLOT -> "numgen random mod 65536";
            case AFFINITY -> "meta priority";
        };
    }
}
