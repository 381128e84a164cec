package dev.penstock.l4.userspace;

import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.RulesException;
import dev.penstock.l4.node.VirtualServiceId;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rules that send connections to the sockets. One thread at a time. */
interface Redirects extends AutoCloseable {

    /** What this machine lacks for them, in one line; null for nothing. */
    @Nullable String missing();

    /**
     * Replaces all rules, also those of an earlier run.
     *
     * @return how many rules or elements were written
     */
    int replace(Map<VirtualServiceId, Redirect> redirects, NodeFacts node) throws RulesException;

    /**
     * Changes the rules of some virtual services.
     *
     * @param changed which
     * @param redirects what holds from now on
     * @return how many rules or elements were changed
     */
    int update(Set<VirtualServiceId> changed, Map<VirtualServiceId, Redirect> redirects)
            throws RulesException;

    /** Whether the rules are still there. */
    boolean isIntact() throws RulesException;

    /**
     * Removes all of them, also those of an earlier run; whether there were any. There are none
     * where the machine lacks what they need.
     */
    boolean remove() throws RulesException;

    /** How many rules or elements are in place. */
    long size();

    @Override
    void close();

    /** No rules: for sockets that clients find themselves. */
    static Redirects none() {
        return new Redirects() {
            @Override
            public @Nullable String missing() {
                return null;
            }

            @Override
            public int replace(Map<VirtualServiceId, Redirect> redirects, NodeFacts node) {
                return 0;
            }

            @Override
            public int update(
                    Set<VirtualServiceId> changed, Map<VirtualServiceId, Redirect> redirects) {
                return 0;
            }

            @Override
            public boolean isIntact() {
                return true;
            }

            @Override
            public boolean remove() {
                return false;
            }

            @Override
            public long size() {
                return 0;
            }

            @Override
            public void close() {
                // Holds nothing.
            }
        };
    }
}
