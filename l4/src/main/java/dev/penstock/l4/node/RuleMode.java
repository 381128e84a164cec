package dev.penstock.l4.node;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A way to make a node serve Services: rules in the kernel, or sockets of our own. To make one has
 * no effect on the system. One thread at a time.
 */
public interface RuleMode extends AutoCloseable {

    /** The mode's name, as {@code --mode} takes it. */
    String name();

    /**
     * What this machine lacks for the mode, in one line that names the program, kernel module or
     * privilege; null when it has everything. Changes nothing but what it removes again.
     */
    @Nullable String missing();

    /** The algorithms that a Service may ask for; the first is used where it asks for none. */
    Set<Algorithm> algorithms();

    /**
     * Brings the node to the plan. The first call compares it with what is there, from an earlier
     * run of the program perhaps, and changes only what differs; later calls send what changed
     * since the last successful one. Connections that are established live on.
     *
     * @throws RulesException if it failed: what was there stays as far as the kernel's transactions
     *     reach, nothing else was torn down, and the next call compares everything anew
     */
    Applied apply(NodePlan plan) throws RulesException;

    /**
     * Whether what was applied last is still there: cheap enough to ask every few seconds. When it
     * is not, the next {@link #apply} compares everything anew.
     */
    boolean isIntact() throws RulesException;

    /**
     * Removes everything that the mode ever made on this machine, also by an earlier run, and
     * nothing else. Does nothing where there is nothing, and where the machine lacks what the mode
     * needs.
     *
     * @return whether there was something
     */
    boolean remove() throws RulesException;

    /** How many rules, elements or virtual servers are in place; for metrics. */
    long size();

    /** Frees what the program holds. Rules in the kernel stay; sockets of our own are closed. */
    @Override
    void close();
}
