package dev.penstock.controller.translate;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What differs between two states. */
final class Changes {

    private Changes() {}

    /** The keys whose values are not the same instance, or are in one of the maps only. */
    @SuppressWarnings("ReferenceEquality") // an unchanged value is the same instance
    static <K, V> Set<K> between(Map<K, V> before, Map<K, V> after) {
        if (before == after) {
            return Set.of();
        }
        Set<K> changed = new HashSet<>();
        int common = 0;
        for (Map.Entry<K, V> entry : after.entrySet()) {
            V old = before.get(entry.getKey());
            common += old == null ? 0 : 1;
            if (old != entry.getValue()) {
                changed.add(entry.getKey());
            }
        }
        if (common < before.size()) {
            for (K key : before.keySet()) {
                if (!after.containsKey(key)) {
                    changed.add(key);
                }
            }
        }
        return changed;
    }
}
