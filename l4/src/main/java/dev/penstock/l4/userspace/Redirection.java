package dev.penstock.l4.userspace;

import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.RulesException;
import dev.penstock.l4.node.VirtualServiceId;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Redirections by nftables where the machine has it, else by iptables. */
final class Redirection implements Redirects {

    private static final Logger log = LoggerFactory.getLogger(Redirection.class);

    private final Redirects nftables;
    private final Redirects iptables;
    private @Nullable Redirects chosen;

    Redirection(Redirects nftables, Redirects iptables) {
        this.nftables = nftables;
        this.iptables = iptables;
    }

    private Redirects chosen() {
        Redirects present = chosen;
        if (present == null) {
            String lacking = nftables.missing();
            present = lacking == null ? nftables : iptables;
            if (lacking != null) {
                log.info(
                        "userspace mode redirects by iptables, as nftables does not work: {}",
                        lacking);
            }
            chosen = present;
        }
        return present;
    }

    @Override
    public @Nullable String missing() {
        String first = nftables.missing();
        String second = first == null ? null : iptables.missing();
        return second == null ? null : first + "; nor iptables: " + second;
    }

    @Override
    public int replace(Map<VirtualServiceId, Redirect> redirects, NodeFacts node)
            throws RulesException {
        return chosen().replace(redirects, node);
    }

    @Override
    public int update(Set<VirtualServiceId> changed, Map<VirtualServiceId, Redirect> redirects)
            throws RulesException {
        return chosen().update(changed, redirects);
    }

    @Override
    public boolean isIntact() throws RulesException {
        return chosen().isIntact();
    }

    /** Removes both kinds: an earlier run may have chosen otherwise. */
    @Override
    public boolean remove() throws RulesException {
        boolean first = nftables.remove();
        boolean second = iptables.remove();
        return first || second;
    }

    @Override
    public long size() {
        return chosen().size();
    }

    @Override
    public void close() {
        nftables.close();
        iptables.close();
    }
}
