package dev.penstock.l4.node;

import static java.util.Objects.requireNonNull;

import dev.penstock.l4.L4Settings;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.Problem;
import dev.penstock.model.ProblemReason;
import dev.penstock.model.collect.ShardedMap;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.Services;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Turns Services into what a node's rules must do, by kube-proxy's semantics. The plan depends on
 * the settings, the Services and the facts; the past counts only where two Services of the same or
 * unknown age claim one address: the one that has it keeps it. What it costs follows what changed.
 * One thread.
 */
public final class NodePlanner {

    private final L4Settings given;
    private final Set<Algorithm> algorithms;
    private final ClaimTable claims = new ClaimTable();
    private final Map<ServiceName, ServiceMapping> mappings = new HashMap<>();
    private final Map<VirtualServiceId, VirtualService> candidates = new HashMap<>();
    private final Map<VirtualServiceId, List<Problem>> conflicts = new HashMap<>();
    private final SortedMap<ServiceName, List<Problem>> problems = new TreeMap<>();
    private L4Settings settings;
    private Services last = Services.EMPTY;
    private NodePlan plan = NodePlan.EMPTY;
    private @Nullable List<Problem> problemList = List.of();

    /**
     * Makes a planner that has seen nothing.
     *
     * @param settings where this is, and which endpoints may be reached
     * @param algorithms what the mode can do; a Service that asks for another has a problem
     */
    public NodePlanner(L4Settings settings, Set<Algorithm> algorithms) {
        this.given = requireNonNull(settings, "settings");
        this.settings = settings;
        this.algorithms = Set.copyOf(algorithms);
    }

    /** The plan for Services; the same instance as before where nothing changed. */
    public NodePlan plan(Services services, NodeFacts facts) {
        // Sorted, so that of two of unknown age that come at once the first by name has what both
        // claim.
        Set<ServiceName> changed = new TreeSet<>(services.byName().keysChangedSince(last.byName()));
        last = services;
        L4Settings here = given.withZoneOf(services);
        if (!here.equals(settings)) {
            settings = here;
            changed.addAll(services.byName().keySet());
        }
        Set<VirtualServiceId> due = new HashSet<>();
        for (ServiceName name : changed) {
            replace(name, services.byName().get(name), due);
        }
        due.addAll(claims.takeAffected());
        ShardedMap.Editor<VirtualServiceId, VirtualService> editor = plan.services().edit();
        for (VirtualServiceId id : due) {
            resolve(id, editor);
        }
        if (editor.isChanged() || !facts.equals(plan.node())) {
            plan = new NodePlan(editor.result(), facts);
        }
        return plan;
    }

    /** What is wrong with the Services of the last plan, sorted by Service. */
    public List<Problem> problems() {
        if (problemList == null) {
            List<Problem> all = new ArrayList<>();
            problems.values().forEach(all::addAll);
            problemList = List.copyOf(all);
        }
        return problemList;
    }

    private void replace(ServiceName name, @Nullable Service service, Set<VirtualServiceId> due) {
        ServiceMapping old = mappings.remove(name);
        if (old != null) {
            for (VirtualService virtual : old.services()) {
                claims.remove(virtual);
                candidates.remove(virtual.id());
                conflicts.remove(virtual.id());
                due.add(virtual.id());
            }
        }
        if (service != null) {
            ServiceMapping mapping = ServiceMapping.of(service, settings, algorithms);
            mappings.put(name, mapping);
            for (VirtualService virtual : mapping.services()) {
                claims.add(virtual, service.created());
                candidates.put(virtual.id(), virtual);
                due.add(virtual.id());
            }
        }
        updateProblems(name);
    }

    private void resolve(
            VirtualServiceId id, ShardedMap.Editor<VirtualServiceId, VirtualService> editor) {
        VirtualService candidate = candidates.get(id);
        if (candidate == null) {
            editor.remove(id);
            return;
        }
        List<ClaimTable.Lost> lost = claims.lost(candidate);
        editor.put(
                id, Claim.without(candidate, lost.stream().map(ClaimTable.Lost::claim).toList()));
        List<Problem> found = lost.stream().map(one -> conflict(id, one)).toList();
        List<Problem> before = found.isEmpty() ? conflicts.remove(id) : conflicts.put(id, found);
        if (!found.equals(before == null ? List.of() : before)) {
            updateProblems(id.service());
        }
    }

    private static Problem conflict(VirtualServiceId id, ClaimTable.Lost lost) {
        ServiceName service = id.service();
        return new Problem(
                new ObjectRef("Service", service.namespace(), service.name()),
                lost.role().field(),
                ProblemReason.Conflict,
                lost.claim() + " is that of " + lost.owner() + " already",
                "it is not served for this Service",
                null);
    }

    private void updateProblems(ServiceName name) {
        ServiceMapping mapping = mappings.get(name);
        List<Problem> all = new ArrayList<>();
        if (mapping != null) {
            all.addAll(mapping.problems());
            mapping.services()
                    .forEach(
                            virtual -> all.addAll(conflicts.getOrDefault(virtual.id(), List.of())));
        }
        List<Problem> before = all.isEmpty() ? problems.remove(name) : problems.put(name, all);
        if (!all.equals(before == null ? List.of() : before)) {
            problemList = null;
        }
    }
}
