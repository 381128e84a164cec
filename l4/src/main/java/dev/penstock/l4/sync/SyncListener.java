package dev.penstock.l4.sync;

import dev.penstock.l4.node.NodeFacts;
import dev.penstock.model.service.Services;

/**
 * Told by a {@link SyncLoop} what it does, on the loop's thread, which waits for it. What it throws
 * is logged and changes nothing.
 */
public interface SyncListener {

    /** The rules are as the plan says. */
    void applied(Sync sync);

    /**
     * The rules could not be brought to the plan; the last good ones stay and it is tried again.
     *
     * @param services what the plan was made of, for all that does not depend on rules
     * @param node what is so on this node
     * @param reason why, in one line
     * @param nanos how long the attempt took
     */
    void failed(Services services, NodeFacts node, String reason, long nanos);

    /** Somebody else removed or changed rules; they are made anew. */
    void repairing();
}
