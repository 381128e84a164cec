package dev.penstock.controller.manifest;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.KubernetesObject;
import dev.penstock.controller.state.ObjectMeta;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.Problem;
import dev.penstock.model.ProblemReason;
import dev.penstock.model.SourceLocation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All objects of all files. Where several files define one object, the first by path and position
 * counts, and the others are problems.
 */
final class ObjectIndex {

    private static final Comparator<KubernetesObject> BY_PLACE =
            Comparator.comparing((KubernetesObject object) ->
                            Objects.requireNonNull(object.meta().location()).file())
                    .thenComparingInt(object -> object.meta().ordinal());

    /** The definitions of each object by place; nearly all lists have one. */
    private final Map<ObjectRef, List<KubernetesObject>> definitions = new HashMap<>();

    private final SortedMap<ObjectRef, List<Problem>> duplicates = new TreeMap<>();
    private final SortedMap<String, List<Problem>> fileProblems = new TreeMap<>();
    private ClusterState.Builder change = ClusterState.EMPTY.change();

    /** Replaces what a file defines. */
    void replace(String file, ParsedFile before, ParsedFile after) {
        Set<KubernetesObject> gone = Collections.newSetFromMap(new IdentityHashMap<>());
        gone.addAll(before.objects());
        List<KubernetesObject> added = new ArrayList<>();
        for (KubernetesObject object : after.objects()) {
            if (!gone.remove(object)) {
                added.add(object);
            }
        }
        gone.forEach(this::remove);
        added.forEach(this::add);
        gone.forEach(object -> settle(object.ref()));
        added.forEach(object -> settle(object.ref()));
        List<Problem> problems = after.problems();
        if (problems.isEmpty()) {
            fileProblems.remove(file);
        } else {
            fileProblems.put(file, problems);
        }
    }

    /** All objects and problems now; the same instance as before when nothing changed. */
    ClusterState state() {
        List<Problem> problems = new ArrayList<>();
        fileProblems.values().forEach(problems::addAll);
        duplicates.values().forEach(problems::addAll);
        ClusterState state = change.sourceProblems(problems).build();
        change = state.change();
        return state;
    }

    private void add(KubernetesObject object) {
        definitions.merge(object.ref(), List.of(object), ObjectIndex::merge);
    }

    private static List<KubernetesObject> merge(
            List<KubernetesObject> some, List<KubernetesObject> more) {
        List<KubernetesObject> all = new ArrayList<>(some);
        all.addAll(more);
        all.sort(BY_PLACE);
        return all;
    }

    private void remove(KubernetesObject object) {
        definitions.computeIfPresent(
                object.ref(),
                (_, all) -> {
                    List<KubernetesObject> rest = new ArrayList<>(all);
                    rest.removeIf(other -> isSame(other, object));
                    return rest.isEmpty() ? null : List.copyOf(rest);
                });
    }

    @SuppressWarnings("ReferenceEquality") // equal definitions may stand in two places
    private static boolean isSame(KubernetesObject a, KubernetesObject b) {
        return a == b;
    }

    /** Brings the state up to date with the definitions of one object. */
    private void settle(ObjectRef ref) {
        List<KubernetesObject> all = definitions.get(ref);
        if (all == null) {
            change.remove(ref);
            duplicates.remove(ref);
            return;
        }
        KubernetesObject first = all.getFirst();
        change.put(first);
        if (all.size() == 1) {
            duplicates.remove(ref);
            return;
        }
        SourceLocation winner = first.meta().location();
        List<Problem> problems = new ArrayList<>();
        for (KubernetesObject other : all.subList(1, all.size())) {
            ObjectMeta meta = other.meta();
            problems.add(
                    new Problem(
                            ref,
                            "",
                            ProblemReason.Conflict,
                            "is also defined at " + winner + ", which comes first",
                            "this definition is not used",
                            meta.location()));
        }
        duplicates.put(ref, problems);
    }
}
