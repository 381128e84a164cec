package dev.penstock.controller.translate;

import dev.penstock.controller.state.KubernetesObject;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.Problem;
import dev.penstock.model.collect.ShardedMap;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What was wrong with objects when they were read, by object. One thread. */
final class ObjectProblems {

    private final SortedMap<ObjectRef, List<Problem>> problems = new TreeMap<>();

    /**
     * Takes over what changed among the objects of one kind.
     *
     * @return whether a problem came, went or changed
     */
    <K, V extends KubernetesObject> boolean update(
            ShardedMap<K, V> before, ShardedMap<K, V> after) {
        boolean changed = false;
        for (K key : after.keysChangedSince(before)) {
            V object = after.get(key);
            V old = before.get(key);
            if (object != null && !object.findings().isEmpty()) {
                problems.put(object.ref(), object.problems());
                changed = true;
            } else if (old != null && problems.remove(old.ref()) != null) {
                changed = true;
            }
        }
        return changed;
    }

    void addTo(List<Problem> all) {
        problems.values().forEach(all::addAll);
    }
}
