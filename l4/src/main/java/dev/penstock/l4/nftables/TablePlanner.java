package dev.penstock.l4.nftables;

import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.l4.node.VirtualServiceId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Turns plans into what the tables have to hold, and two plans into what has to change. It only
 * remembers what several virtual services share. One thread.
 */
final class TablePlanner {

    private final NftablesSettings settings;
    private final AffinityIds ids = new AffinityIds();
    private final Map<Dialect, TableState> states = new EnumMap<>(Dialect.class);

    TablePlanner(NftablesSettings settings) {
        this.settings = settings;
    }

    /**
     * All that a table has to hold.
     *
     * @param change as a change of an empty table
     * @param sticky where remembered clients may go, by the number they are remembered under
     */
    record Everything(TableChange change, Map<String, Set<String>> sticky) {}

    /** Forgets all plans. To be called before {@link #everything} is asked for anew. */
    void clear() {
        ids.clear();
        states.clear();
    }

    Everything everything(Dialect dialect, NodePlan plan) {
        Contents wanted = contents(dialect, plan, plan.services().keySet());
        TableState state = new TableState(dialect);
        states.put(dialect, state);
        TableChange change = state.change(new Contents(), wanted);
        change.newChains().addAll(0, rules(dialect, plan.node()).chains());
        return new Everything(change, wanted.sticky());
    }

    /** What has to change from a plan for which everything was asked for, or changes. */
    List<TableChange> changes(NodePlan before, NodePlan plan) {
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
            return List.of();
        }
        List<TableChange> changes = new ArrayList<>();
        states.forEach((dialect, state) -> {
            TableChange change =
                    state.change(
                            contents(dialect, before, changed), contents(dialect, plan, changed));
            if (factsChanged) {
                addStaticChanges(dialect, before.node(), plan.node(), change);
            }
            changes.add(change);
        });
        for (VirtualServiceId id : changed) {
            VirtualService service = plan.services().get(id);
            if (service == null || service.affinity() == null) {
                ids.release(id);
            }
        }
        return changes;
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

    /** What a table has to hold for some of a plan's services, in their order. */
    private Contents contents(Dialect dialect, NodePlan plan, Set<VirtualServiceId> services) {
        Contents contents = new Contents();
        services.stream()
                .filter(id -> id.family() == dialect.family())
                .sorted()
                .map(plan.services()::get)
                .filter(Objects::nonNull)
                .forEach(service -> ServiceRules.add(service, plan.node(), ids, contents));
        return contents;
    }

    /**
     * What there must be in a table, as far as can be looked at often.
     *
     * @param chains all chains
     * @param elements what sets and maps have; that which the kernel fills has none here
     */
    record Outline(List<Chain> chains, Map<Collection, Tally> elements) {}

    /** The outlines of the tables for the last plan. */
    Map<Dialect, Outline> outlines(NodePlan plan) {
        Map<Dialect, Outline> outlines = new EnumMap<>(Dialect.class);
        states.forEach((dialect, state) -> {
            List<Chain> all = new ArrayList<>(rules(dialect, plan.node()).chains());
            all.addAll(state.chains());
            outlines.put(dialect, new Outline(all, state.tallies()));
        });
        return outlines;
    }

    /** How many elements and rules the services have in the tables. */
    long size() {
        return states.values().stream().mapToLong(TableState::size).sum();
    }
}
