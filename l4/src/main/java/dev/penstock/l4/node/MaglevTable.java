package dev.penstock.l4.node;

import java.util.Arrays;
import java.util.List;

/**
 * A table in which every destination has about as many slots as any other, most of which stay when
 * destinations come and go (Eisenbud et al., Maglev, NSDI 2016, section 3.4). It depends on the
 * addresses and ports of the destinations alone: it is the same on every node.
 */
public final class MaglevTable {

    /**
     * Primes. A table of at least a hundred times as many slots as destinations moves about one
     * percent of the connections more than needed when a destination changes; the last serves for
     * more than 655 destinations too.
     */
    private static final int[] SIZES = {251, 1021, 4093, 16_381, 65_521};

    private static final int SLOTS_PER_DESTINATION = 100;

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private MaglevTable() {}

    /** The destination of each slot, for at least one destination. Unmodifiable in length. */
    public static List<Destination> of(List<Destination> destinations) {
        int count = destinations.size();
        int size = size(count);
        Destination[] table = new Destination[size];
        int[] next = new int[count];
        int[] skip = new int[count];
        for (int i = 0; i < count; i++) {
            long hash = hash(destinations.get(i));
            next[i] = (int) Long.remainderUnsigned(hash, size);
            skip[i] = 1 + (int) Long.remainderUnsigned(mix(hash), size - 1L);
        }
        for (int filled = 0; filled < size; ) {
            for (int i = 0; i < count && filled < size; i++) {
                while (table[next[i]] != null) {
                    next[i] = (next[i] + skip[i]) % size;
                }
                table[next[i]] = destinations.get(i);
                filled++;
            }
        }
        return Arrays.asList(table);
    }

    /** How many slots a number of destinations gets. */
    static int size(int destinations) {
        for (int size : SIZES) {
            if (size >= SLOTS_PER_DESTINATION * (long) destinations) {
                return size;
            }
        }
        return SIZES[SIZES.length - 1];
    }

    private static long hash(Destination destination) {
        long hash = FNV_OFFSET;
        String name = destination.address() + " " + destination.port();
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * FNV_PRIME;
        }
        return mix(hash);
    }

    /** The finisher of MurmurHash3. */
    private static long mix(long hash) {
        long h = hash;
        h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
        h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return h ^ (h >>> 33);
    }
}
