package dev.penstock.l4.nftables;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * How many virtual services need each of the things in a table that more than one may need. The
 * rest follows from the services themselves and is not kept.
 */
final class TableState {

    private final Dialect dialect;
    private final Map<Collection, Map<String, Integer>> shared = new EnumMap<>(Collection.class);
    private final Map<String, Integer> chainUses = new HashMap<>();
    private final Map<String, Chain> chains = new HashMap<>();
    private final Map<Collection, Tally> tallies = new EnumMap<>(Collection.class);
    private long size;

    TableState(Dialect dialect) {
        this.dialect = dialect;
        for (Collection collection : Collection.values()) {
            tallies.put(collection, new Tally());
        }
    }

    /** The chains that services use. */
    java.util.Collection<Chain> chains() {
        return chains.values();
    }

    /** Which elements the services have in each set or map. */
    Map<Collection, Tally> tallies() {
        return tallies;
    }

    /** How many elements and rules the services have in the table. */
    long size() {
        return size;
    }

    /** Takes note of services that became others, and says what that means for the table. */
    TableChange change(Contents before, Contents after) {
        TableChange change = new TableChange(dialect);
        tallies.forEach((collection, tally) -> {
            compare(before, after, collection, tally, change);
            count(
                    shared.computeIfAbsent(collection, _ -> new HashMap<>()),
                    before.shared(collection),
                    after.shared(collection),
                    key -> {
                        tally.add(key, "");
                        change.add(collection, key, "");
                    },
                    key -> {
                        tally.remove(key, "");
                        change.delete(collection, key);
                    });
            size += change.added(collection).size() - change.deleted(collection).size();
        });
        Map<String, Chain> now = after.chains();
        Set<String> first = new LinkedHashSet<>();
        count(chainUses, before.chainUses(), after.chainUses(), first::add, change::deleteChain);
        now.values().stream()
                .filter(chain -> first.contains(chain.name()))
                .forEach(change.newChains()::add);
        note(change);
        leave(before, after, change);
        return change;
    }

    private void note(TableChange change) {
        for (Chain chain : change.newChains()) {
            chains.put(chain.name(), chain);
            size += chain.size();
        }
        for (String name : change.goneChains()) {
            Chain chain = chains.remove(name);
            size -= chain == null ? 0 : chain.size();
        }
    }

    private static void compare(
            Contents before,
            Contents after,
            Collection collection,
            Tally tally,
            TableChange change) {
        Map<String, String> old = before.elements(collection);
        Map<String, String> now = after.elements(collection);
        old.forEach((key, value) -> {
            if (!value.equals(now.get(key))) {
                tally.remove(key, value);
                change.delete(collection, key);
            }
        });
        now.forEach((key, value) -> {
            if (!value.equals(old.get(key))) {
                tally.add(key, value);
                change.add(collection, key, value);
            }
        });
    }

    /** Counts uses; says which things got their first one and which lost their last. */
    private static void count(
            Map<String, Integer> counts,
            Map<String, Integer> before,
            Map<String, Integer> after,
            Consumer<String> first,
            Consumer<String> last) {
        after.forEach((key, uses) -> {
            int gained = uses - before.getOrDefault(key, 0);
            if (gained != 0) {
                adjust(counts, key, gained, first, last);
            }
        });
        before.forEach((key, uses) -> {
            if (!after.containsKey(key)) {
                adjust(counts, key, -uses, first, last);
            }
        });
    }

    private static void adjust(
            Map<String, Integer> counts,
            String key,
            int gained,
            Consumer<String> first,
            Consumer<String> last) {
        int old = counts.getOrDefault(key, 0);
        if (old + gained == 0) {
            counts.remove(key);
            last.accept(key);
        } else {
            counts.put(key, old + gained);
            if (old == 0) {
                first.accept(key);
            }
        }
    }

    private static void leave(Contents before, Contents after, TableChange change) {
        before.sticky()
                .forEach((id, destinations) -> {
                    Set<String> left = new HashSet<>(destinations);
                    left.removeAll(after.sticky().getOrDefault(id, Set.of()));
                    if (!left.isEmpty()) {
                        change.leftDestinations().put(id, left);
                    }
                });
    }
}
