package dev.penstock.l4.nftables;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What has to be added to a table and deleted from it, in one transaction. */
final class TableChange {

    private final Dialect dialect;
    private final Map<Collection, Map<String, String>> added = new EnumMap<>(Collection.class);
    private final Map<Collection, List<String>> deleted = new EnumMap<>(Collection.class);
    private final List<Chain> newChains = new ArrayList<>();
    private final List<String> goneChains = new ArrayList<>();
    private final Map<String, Set<String>> leftDestinations = new HashMap<>();

    TableChange(Dialect dialect) {
        this.dialect = dialect;
    }

    Dialect dialect() {
        return dialect;
    }

    void add(Collection collection, String key, String value) {
        added(collection).put(key, value);
    }

    void delete(Collection collection, String key) {
        deleted(collection).add(key);
    }

    void deleteChain(String name) {
        goneChains.add(name);
    }

    /** Elements to add, by key. May be changed. */
    Map<String, String> added(Collection collection) {
        return added.computeIfAbsent(collection, _ -> new LinkedHashMap<>());
    }

    /** Keys of elements to delete. May be changed. */
    List<String> deleted(Collection collection) {
        return deleted.computeIfAbsent(collection, _ -> new ArrayList<>());
    }

    /** Chains to make, or to give these rules. May be changed. */
    List<Chain> newChains() {
        return newChains;
    }

    /** Those of them with a rule that a script cannot add. */
    List<Chain> newRawChains() {
        return newChains.stream().filter(chain -> chain.first() != null).toList();
    }

    /** Names of chains that nothing leads to once the transaction is done. May be changed. */
    List<String> goneChains() {
        return goneChains;
    }

    /**
     * By the number that clients are remembered under: destinations that they may not go to any
     * more. May be changed.
     */
    Map<String, Set<String>> leftDestinations() {
        return leftDestinations;
    }

    /** Writes the statements of the transaction: all but chains that go. */
    void write(Script script) {
        script.chains(dialect, newChains.stream().filter(chain -> chain.first() == null).toList());
        deleted.forEach((collection, keys) -> script.delete(dialect, collection, keys));
        writeAdded(script);
    }

    /** Writes the statements that add elements. */
    void writeAdded(Script script) {
        added.forEach((collection, elements) -> script.add(dialect, collection, elements));
    }
}
