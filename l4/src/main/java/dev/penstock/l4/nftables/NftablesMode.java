package dev.penstock.l4.nftables;

import dev.penstock.l4.netlink.ErrnoException;
import dev.penstock.l4.node.Algorithm;
import dev.penstock.l4.node.Applied;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.RuleMode;
import dev.penstock.l4.node.RulesException;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.l4.node.VirtualServiceId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Services by maps of nf_tables: one lookup finds a virtual service by address, protocol and port,
 * another its destination by a slot that is drawn at random, in turn or by a hash. There is no
 * chain for a service, so that a change costs what it changes, however many Services there are.
 *
 * <p>It owns the tables {@code ip penstock} and {@code ip6 penstock} of the network namespace of
 * the thread that first uses it, and touches no other.
 */
public final class NftablesMode implements RuleMode {

    private static final Set<Algorithm> ALGORITHMS =
            EnumSet.complementOf(EnumSet.of(Algorithm.LEAST_CONNECTIONS));

    private final NftablesSettings settings;
    private final AffinityIds ids = new AffinityIds();
    private final Map<Dialect, TableState> states = new EnumMap<>(Dialect.class);
    private @Nullable Tables tables;
    private @Nullable NodePlan applied;

    /** Makes the mode with what it does by default. */
    public NftablesMode() {
        this(NftablesSettings.DEFAULT);
    }

    /** Makes the mode. */
    public NftablesMode(NftablesSettings settings) {
        this.settings = settings;
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
            throw new RulesException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Compares everything with what the kernel has. */
    private Applied reconcile(NodePlan plan) throws RulesException, ErrnoException {
        ids.clear();
        Set<VirtualServiceId> all = new TreeSet<>(plan.services().keySet());
        int operations = 0;
        for (Dialect dialect : Dialect.values()) {
            Contents wanted = contents(dialect, plan, all);
            TableState state = new TableState(dialect);
            states.put(dialect, state);
            operations +=
                    tables().reconcile(
                                    rules(dialect, plan.node()),
                                    state.change(new Contents(), wanted),
                                    wanted.sticky());
        }
        return new Applied(true, operations);
    }

    /** Sends what changed. */
    private Applied update(NodePlan before, NodePlan plan) throws RulesException, ErrnoException {
        Set<VirtualServiceId> changed = new HashSet<>(plan.changedSince(before));
        boolean factsChanged = !plan.node().equals(before.node());
        if (factsChanged) {
            plan.services()
                    .forEach((id, service) -> {
                        if (dependsOnFacts(service)) {
                            changed.add(id);
                        }
                    });
        }
        if (changed.isEmpty() && !factsChanged) {
            return Applied.NOTHING;
        }
        List<TableChange> changes = new ArrayList<>();
        for (Map.Entry<Dialect, TableState> state : states.entrySet()) {
            Dialect dialect = state.getKey();
            TableChange change =
                    state.getValue()
                            .change(
                                    contents(dialect, before, changed),
                                    contents(dialect, plan, changed));
            if (factsChanged) {
                addStaticChanges(dialect, before.node(), plan.node(), change);
            }
            changes.add(change);
        }
        int operations = tables().update(changes);
        for (VirtualServiceId id : changed) {
            VirtualService service = plan.services().get(id);
            if (service == null || service.affinity() == null) {
                ids.release(id);
            }
        }
        return new Applied(false, operations);
    }

    /** Whether it has elements that depend on the node. */
    private static boolean dependsOnFacts(VirtualService service) {
        return service.nodePort() != 0 || !service.sourceRanges().isEmpty();
    }

    private void addStaticChanges(
            Dialect dialect, NodeFacts before, NodeFacts now, TableChange change) {
        Set<Chain> old = new HashSet<>(rules(dialect, before).chains());
        rules(dialect, now).chains().stream()
                .filter(chain -> !old.contains(chain))
                .forEach(change.newChains()::add);
    }

    private StaticRules rules(Dialect dialect, NodeFacts node) {
        return new StaticRules(dialect, node, settings);
    }

    /** What a table has to hold for some of a plan's services. */
    private Contents contents(Dialect dialect, NodePlan plan, Set<VirtualServiceId> services) {
        Contents contents = new Contents();
        for (VirtualServiceId id : services) {
            VirtualService service =
                    id.family() == dialect.family() ? plan.services().get(id) : null;
            if (service != null) {
                ServiceRules.add(service, plan.node(), ids, contents);
            }
        }
        return contents;
    }

    @Override
    public boolean isIntact() throws RulesException {
        NodePlan plan = applied;
        if (plan == null) {
            return false;
        }
        try {
            Map<Dialect, List<Chain>> chains = new EnumMap<>(Dialect.class);
            states.forEach((dialect, state) -> {
                List<Chain> all = new ArrayList<>(rules(dialect, plan.node()).chains());
                all.addAll(state.chains());
                chains.put(dialect, all);
            });
            boolean isIntact = tables().isIntact(chains);
            if (!isIntact) {
                applied = null;
            }
            return isIntact;
        } catch (ErrnoException e) {
            throw new RulesException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public boolean remove() throws RulesException {
        applied = null;
        if (Requirements.withoutTools() != null) {
            return false;
        }
        try {
            return tables().remove();
        } catch (ErrnoException e) {
            throw new RulesException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public long size() {
        return states.values().stream().mapToLong(TableState::size).sum();
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
