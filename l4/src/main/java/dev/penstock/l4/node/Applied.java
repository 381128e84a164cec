package dev.penstock.l4.node;

/**
 * What one {@link RuleMode#apply} did.
 *
 * @param full whether everything was compared or written, not only what changed
 * @param operations how many rules, elements, virtual servers or sockets were added, changed or
 *     removed; 0 when the node was as the plan wants it
 */
public record Applied(boolean full, int operations) {

    /** Everything was as wanted. */
    public static final Applied NOTHING = new Applied(false, 0);
}
