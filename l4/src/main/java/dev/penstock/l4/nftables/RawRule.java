package dev.penstock.l4.nftables;

/**
 * A rule that is given to the kernel in its own terms rather than as a script, because nft 1.0.6
 * (Debian 12) cannot add it: a rule that remembers a client of IPv6 ends its process with a failed
 * assertion (netlink_linearize.c, get_register), and {@code dnat} by a map of addresses and ports
 * of an earlier transaction is refused with "conflicting protocols specified" (the library forgets
 * that {@code th dport} fits every protocol).
 */
interface RawRule {

    /** The rule in the language of nft: what it is recognised by. */
    String text();

    /** Whether nft can add it in a script that makes the table too. */
    boolean isScriptable();

    /** Writes its expressions. */
    void write(RuleMessage message);
}
