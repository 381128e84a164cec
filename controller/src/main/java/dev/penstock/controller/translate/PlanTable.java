package dev.penstock.controller.translate;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.IngressObject;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.Problem;
import dev.penstock.model.service.ServiceName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The plans of all Ingresses; a plan is made anew when something it was made from changed. */
final class PlanTable {

    private final SortedMap<ObjectRef, IngressPlan> plans = new TreeMap<>();
    private final SortedMap<ObjectRef, List<Problem>> problems = new TreeMap<>();
    private Instant validUntil = Instant.MAX;

    /** Told of each plan that is replaced. */
    @FunctionalInterface
    interface Replaced {
        /**
         * A plan was replaced.
         *
         * @param before the old plan; null for a new Ingress
         * @param after the new plan; null for an Ingress that is gone
         */
        void accept(@Nullable IngressPlan before, @Nullable IngressPlan after);
    }

    /** Makes the plans anew that a change of the objects or of the time asks for. */
    void update(
            ClusterState before,
            ClusterState after,
            IngressPlanner planner,
            Instant now,
            Replaced listener) {
        Set<ObjectRef> due = new HashSet<>(after.ingresses().keysChangedSince(before.ingresses()));
        if (!after.ingressClasses().keysChangedSince(before.ingressClasses()).isEmpty()) {
            due.addAll(after.ingresses().keySet());
        }
        addUsers(
                after.services().keysChangedSince(before.services()),
                after.secrets().keysChangedSince(before.secrets()),
                due);
        if (now.isAfter(validUntil)) {
            addExpired(now, due);
        }
        for (ObjectRef ref : due) {
            IngressObject ingress = after.ingresses().get(ref);
            IngressPlan next = ingress == null ? null : planner.plan(ingress);
            IngressPlan old = next == null ? plans.remove(ref) : plans.put(ref, next);
            if (next != null && next.validUntil().isBefore(validUntil)) {
                validUntil = next.validUntil();
            }
            if (next == null || next.problems().isEmpty()) {
                problems.remove(ref);
            } else {
                problems.put(ref, next.problems());
            }
            listener.accept(old, next);
        }
    }

    /** The Ingresses that are ours, sorted by reference. */
    List<IngressObject> ours() {
        List<IngressObject> ours = new ArrayList<>(plans.size());
        for (IngressPlan plan : plans.values()) {
            if (plan.isOurs()) {
                ours.add(plan.ingress());
            }
        }
        return ours;
    }

    /** Adds the problems of all plans. */
    void addProblems(List<Problem> all) {
        problems.values().forEach(all::addAll);
    }

    private void addUsers(Set<ServiceName> services, Set<ObjectRef> secrets, Set<ObjectRef> due) {
        if (services.isEmpty() && secrets.isEmpty()) {
            return;
        }
        plans.forEach((ref, plan) -> {
            if (!Collections.disjoint(services, plan.services())
                    || !Collections.disjoint(secrets, plan.secrets())) {
                due.add(ref);
            }
        });
    }

    private void addExpired(Instant now, Set<ObjectRef> due) {
        Instant next = Instant.MAX;
        for (IngressPlan plan : plans.values()) {
            if (now.isAfter(plan.validUntil())) {
                due.add(plan.ingress().ref());
            } else if (plan.validUntil().isBefore(next)) {
                next = plan.validUntil();
            }
        }
        validUntil = next;
    }
}
