package dev.penstock.routing;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An immutable hash table from host text to the host's routes, by open addressing. Hashes stand in
 * an array of their own, so that a probe touches no object until the hash is right. To replace a
 * host copies two flat arrays; to add or remove one builds them anew from stored hashes.
 *
 * @param <T> the routes' payload
 */
final class HostIndex<T> {

    private final int[] hashes;
    private final @Nullable HostTable<T>[] tables;

    private HostIndex(int[] hashes, @Nullable HostTable<T>[] tables) {
        this.hashes = hashes;
        this.tables = tables;
    }

    /** The index of the given hosts, no two of which have one key. */
    static <T> HostIndex<T> of(Iterable<HostTable<T>> hosts, int count) {
        // At most half full: probes stay short.
        int capacity = Integer.highestOneBit(Math.max(2, count * 2 - 1)) << 1;
        int[] hashes = new int[capacity];
        @SuppressWarnings({"unchecked", "rawtypes"}) // generic array creation
        @Nullable HostTable<T>[] tables = new HostTable[capacity];
        for (HostTable<T> host : hosts) {
            int slot = host.hash() & (capacity - 1);
            while (hashes[slot] != 0) {
                slot = (slot + 1) & (capacity - 1);
            }
            hashes[slot] = host.hash();
            tables[slot] = host;
        }
        return new HostIndex<>(hashes, tables);
    }

    /** A copy in which hosts of the same keys stand in place of the former ones. */
    HostIndex<T> replacing(Iterable<HostTable<T>> hosts) {
        @Nullable HostTable<T>[] copy = tables.clone();
        for (HostTable<T> host : hosts) {
            int slot = slot(host.hash(), host.key(), 0, host.key().length);
            if (slot < 0) {
                throw new IllegalStateException("host is not in the index: " + host.pattern());
            }
            copy[slot] = host;
        }
        return new HostIndex<>(hashes, copy);
    }

    @Nullable HostTable<T> find(int hash, byte[] bytes, int start, int length) {
        int slot = slot(hash, bytes, start, length);
        return slot < 0 ? null : tables[slot];
    }

    private int slot(int hash, byte[] bytes, int start, int length) {
        int mask = hashes.length - 1;
        for (int slot = hash & mask; hashes[slot] != 0; slot = (slot + 1) & mask) {
            HostTable<T> table = tables[slot];
            if (hashes[slot] == hash && table != null && isKey(table.key(), bytes, start, length)) {
                return slot;
            }
        }
        return -1;
    }

    private static boolean isKey(byte[] key, byte[] bytes, int start, int length) {
        return key.length == length && Arrays.equals(key, 0, length, bytes, start, start + length);
    }
}
