package dev.penstock.l4.nftables;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What a table has to hold for some virtual services. An element of a set has an empty value. */
final class Contents {

    private final Map<Collection, Map<String, String>> elements = new EnumMap<>(Collection.class);
    private final Map<Collection, Map<String, Integer>> shared = new EnumMap<>(Collection.class);
    private final Map<String, Chain> chains = new LinkedHashMap<>();
    private final Map<String, Integer> chainUses = new HashMap<>();
    private final Map<String, Set<String>> sticky = new HashMap<>();

    /** Adds an element that belongs to one virtual service. */
    void add(Collection collection, String key, String value) {
        elements.computeIfAbsent(collection, _ -> new LinkedHashMap<>()).put(key, value);
    }

    /** Adds a use of an element of a set that several virtual services may need. */
    void share(Collection collection, String key) {
        shared.computeIfAbsent(collection, _ -> new LinkedHashMap<>()).merge(key, 1, Integer::sum);
    }

    /** Adds a use of a chain. */
    Chain use(Chain chain) {
        Chain first = chains.computeIfAbsent(chain.name(), _ -> chain);
        chainUses.merge(chain.name(), 1, Integer::sum);
        return first;
    }

    /** Lets the clients that are remembered under a number go to a destination. */
    void stick(String affinityId, String destination) {
        sticky.computeIfAbsent(affinityId, _ -> new HashSet<>()).add(destination);
    }

    /** Elements by their keys. */
    Map<String, String> elements(Collection collection) {
        return elements.getOrDefault(collection, Map.of());
    }

    /** How often each element of a set is used. */
    Map<String, Integer> shared(Collection collection) {
        return shared.getOrDefault(collection, Map.of());
    }

    /** The chains that are used, by their names. */
    Map<String, Chain> chains() {
        return chains;
    }

    Map<String, Integer> chainUses() {
        return chainUses;
    }

    /** Where clients may stick to, by the number they are remembered under. */
    Map<String, Set<String>> sticky() {
        return sticky;
    }
}
