package dev.penstock.l4.nftables;

import dev.penstock.l4.netlink.ErrnoException;
import dev.penstock.l4.node.Algorithm;
import dev.penstock.l4.node.Applied;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.RuleMode;
import dev.penstock.l4.node.RulesException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Services by maps of nf_tables: one lookup finds a virtual service by address, protocol and port,
 * another its destination by a slot that is drawn at random, in turn or by a hash. There is no
 * chain for a service, so that a change costs what it changes, however many Services there are.
 *
 * <p>It owns the tables {@code ip penstock} and {@code ip6 penstock} of the network namespace of
 * the thread that first uses it, and touches no other.
 */
public final class NftablesMode implements RuleMode {

    private static final Logger LOG = LoggerFactory.getLogger(NftablesMode.class);

    private static final Set<Algorithm> ALGORITHMS =
            Collections.unmodifiableSet(
                    EnumSet.complementOf(EnumSet.of(Algorithm.LEAST_CONNECTIONS)));

    private final NftablesSettings settings;
    private final TablePlanner planner;
    private @Nullable Tables tables;
    private @Nullable NodePlan applied;

    /** Makes the mode with what it does by default. */
    public NftablesMode() {
        this(NftablesSettings.DEFAULT);
    }

    /** Makes the mode. */
    public NftablesMode(NftablesSettings settings) {
        this.settings = settings;
        this.planner = new TablePlanner(settings);
    }

    @Override
    public String name() {
        return "nftables";
    }

    @Override
    public Set<Algorithm> algorithms() {
        return ALGORITHMS;
    }

    @Override
    public @Nullable String missing() {
        return Requirements.missing(settings);
    }

    @Override
    public Applied apply(NodePlan plan) throws RulesException {
        NodePlan before = applied;
        // Known again only when everything below has succeeded.
        applied = null;
        try {
            Applied done = before == null ? reconcile(plan) : update(before, plan);
            applied = plan;
            return done;
        } catch (ErrnoException e) {
            throw refused(e);
        }
    }

    /**
     * Makes the scripts that would fill the tables and sends none, after looking at what the
     * machine has: for a JVM that is to learn what a start takes. Needs no rights.
     *
     * @return how many rules and elements there would be
     */
    public int rehearse(NodePlan plan) {
        String missing = missing();
        LOG.debug("What is missing for mode nftables: {}", missing);
        TablePlanner everything = new TablePlanner(settings);
        int operations = 0;
        for (Dialect dialect : Dialect.values()) {
            Script script = new Script();
            script.declare(dialect, Tables.SCHEMA);
            TableChange change = everything.everything(dialect, plan).change();
            script.chains(dialect, change.newChains());
            change.writeAdded(script);
            operations += script.operations();
            LOG.debug("A script of {} characters", script.text().length());
        }
        return operations;
    }

    /** Compares everything with what the kernel has. */
    private Applied reconcile(NodePlan plan) throws RulesException, ErrnoException {
        planner.clear();
        int operations = 0;
        for (Dialect dialect : Dialect.values()) {
            operations += tables().reconcile(planner.everything(dialect, plan));
        }
        return new Applied(true, operations);
    }

    /** Sends what changed. */
    private Applied update(NodePlan before, NodePlan plan) throws RulesException, ErrnoException {
        List<TableChange> changes = planner.changes(before, plan);
        return changes.isEmpty() ? Applied.NOTHING : new Applied(false, tables().update(changes));
    }

    @Override
    public boolean isIntact() throws RulesException {
        NodePlan plan = applied;
        if (plan == null) {
            return false;
        }
        try {
            if (tables().isUntouched() || tables().isIntact(planner.outlines(plan))) {
                return true;
            }
        } catch (ErrnoException e) {
            throw refused(e);
        }
        applied = null;
        return false;
    }

    @Override
    public boolean remove() throws RulesException {
        applied = null;
        if (Nft.missing() != null) {
            return false;
        }
        try {
            return tables().remove();
        } catch (ErrnoException e) {
            throw refused(e);
        }
    }

    private static RulesException refused(ErrnoException e) {
        return new RulesException(String.valueOf(e.getMessage()), e);
    }

    @Override
    public long size() {
        return planner.size();
    }

    private Tables tables() throws RulesException, ErrnoException {
        Tables open = tables;
        if (open == null) {
            open = Tables.open();
            tables = open;
        }
        return open;
    }

    @Override
    public void close() {
        if (tables != null) {
            tables.close();
            tables = null;
        }
    }
}
