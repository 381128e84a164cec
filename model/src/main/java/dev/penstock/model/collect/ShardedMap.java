package dev.penstock.model.collect;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An immutable hash map in {@value #SHARDS} parts. A change makes a new map that shares every part
 * in which nothing changed, so that making one and comparing two cost what the change costs, not
 * what the map holds.
 *
 * @param <K> the keys
 * @param <V> the values; unchanged ones are the same instances from one map to the next
 */
@SuppressWarnings("ReferenceEquality") // what did not change is the same instance
public final class ShardedMap<K, V> extends AbstractMap<K, V> {

    private static final int SHARDS = 256;

    private static final ShardedMap<Object, Object> EMPTY = new ShardedMap<>(emptyShards(), 0);

    private final Map<K, V>[] shards;
    private final int size;

    private ShardedMap(Map<K, V>[] shards, int size) {
        this.shards = shards;
        this.size = size;
    }

    /** The map of nothing. */
    @SuppressWarnings("unchecked") // it holds neither keys nor values
    public static <K, V> ShardedMap<K, V> empty() {
        return (ShardedMap<K, V>) EMPTY;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // generic array creation
    private static Map<Object, Object>[] emptyShards() {
        Map[] shards = new Map[SHARDS];
        Arrays.fill(shards, Map.of());
        return shards;
    }

    private static int shardOf(Object key) {
        // Spreads what hash codes have in common, as the parts' own tables use the low bits too.
        int hash = key.hashCode() * 0x9E3779B9;
        return hash >>> 24;
    }

    @Override
    public @Nullable V get(@Nullable Object key) {
        return key == null ? null : shards[shardOf(key)].get(key);
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return key != null && shards[shardOf(key)].containsKey(key);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Set<Entry<K, V>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Entry<K, V>> iterator() {
                return Stream.of(shards).flatMap(shard -> shard.entrySet().stream()).iterator();
            }

            @Override
            public int size() {
                return size;
            }
        };
    }

    /** The keys whose values are not the same instance as in another map, or in one map only. */
    public Set<K> keysChangedSince(ShardedMap<K, V> before) {
        Set<K> changed = new HashSet<>();
        for (int i = 0; i < SHARDS; i++) {
            if (shards[i] != before.shards[i]) {
                addDifferent(before.shards[i], shards[i], changed);
                addDifferent(shards[i], before.shards[i], changed);
            }
        }
        return changed;
    }

    /** Adds the keys of one part that another does not hold with the same instance. */
    private static <K, V> void addDifferent(Map<K, V> other, Map<K, V> part, Set<K> changed) {
        part.forEach((key, value) -> {
            if (other.get(key) != value) {
                changed.add(key);
            }
        });
    }

    /** Starts a map that differs from this one. */
    public Editor<K, V> edit() {
        return new Editor<>(this);
    }

    /** Collects changes; a part is copied at its first change. Not for two threads. */
    public static final class Editor<K, V> {

        private final ShardedMap<K, V> base;
        private Map<K, V> @Nullable [] edited;
        private int size;

        private Editor(ShardedMap<K, V> base) {
            this.base = base;
            this.size = base.size;
        }

        public @Nullable V get(K key) {
            return shards()[shardOf(key)].get(key);
        }

        /** Sets a value; one that is equal to the present one leaves that in place. */
        public void put(K key, V value) {
            V present = get(key);
            if (!value.equals(present)) {
                size += present == null ? 1 : 0;
                writable(key).put(key, value);
            }
        }

        public void remove(K key) {
            if (get(key) != null) {
                size--;
                writable(key).remove(key);
            }
        }

        public boolean isChanged() {
            return edited != null;
        }

        /** The new map; the one that was edited when nothing changed. Ends the editing. */
        public ShardedMap<K, V> result() {
            return edited == null ? base : new ShardedMap<>(edited, size);
        }

        private Map<K, V>[] shards() {
            return edited == null ? base.shards : edited;
        }

        private Map<K, V> writable(K key) {
            Map<K, V>[] own = edited;
            if (own == null) {
                own = base.shards.clone();
                edited = own;
            }
            int shard = shardOf(key);
            if (own[shard] == base.shards[shard]) {
                own[shard] = new HashMap<>(base.shards[shard]);
            }
            return own[shard];
        }
    }
}
