package dev.penstock.proxy.h2;

import java.util.Arrays;

/**
 * A dynamic table of HPACK (RFC 7541 section 2.3.2): entries in the order they came, their bytes in
 * one array. Index 0 is the newest.
 */
final class DynamicTable {

    /** What an entry counts for beside its bytes (RFC 7541 section 4.1). */
    static final int ENTRY_OVERHEAD = 32;

    private static final int STRIDE = 4;
    private static final int INITIAL_ENTRIES = 16;
    private static final int INITIAL_BYTES = 1024;
    private static final byte[] NO_BYTES = {};
    private static final int[] NO_ENTRIES = {};

    private byte[] bytes = NO_BYTES;
    private int bytesStart;
    private int bytesEnd;

    /** A ring of start, length of name, length of value, token. */
    private int[] entries = NO_ENTRIES;

    private int oldest;
    private int count;
    private int size;
    private int sizeMax;

    DynamicTable(int sizeMax) {
        this.sizeMax = sizeMax;
    }

    int count() {
        return count;
    }

    int sizeMax() {
        return sizeMax;
    }

    /** Its size as RFC 7541 section 4.1 counts it. */
    int size() {
        return size;
    }

    /** Changes the most it may hold; evicts what is beyond. */
    void sizeMax(int value) {
        sizeMax = value;
        evictTo(value);
    }

    /** The array that ranges of entries refer to. Another one after an entry was added. */
    byte[] bytes() {
        return bytes;
    }

    int nameStart(int index) {
        return entries[at(index)];
    }

    int nameLength(int index) {
        return entries[at(index) + 1];
    }

    int valueStart(int index) {
        int at = at(index);
        return entries[at] + entries[at + 1];
    }

    int valueLength(int index) {
        return entries[at(index) + 2];
    }

    int token(int index) {
        return entries[at(index) + 3];
    }

    /**
     * Adds an entry and evicts what it pushes out; if it is larger than the table, all is evicted
     * and it is not added (RFC 7541 section 4.4).
     *
     * @param name not this table's array
     * @return whether it was added
     */
    @SuppressWarnings("ReferenceEquality") // whether it is the same array is the question
    boolean add(
            int token,
            byte[] name,
            int nameStart,
            int nameLength,
            byte[] value,
            int valueStart,
            int valueLength) {
        assert name != bytes && value != bytes : "an entry may be evicted while it is copied";
        int length = nameLength + valueLength;
        if (length + ENTRY_OVERHEAD > sizeMax) {
            evictTo(0);
            return false;
        }
        evictTo(sizeMax - length - ENTRY_OVERHEAD);
        makeRoom(length);
        int at = (oldest + count) * STRIDE & entries.length - 1;
        entries[at] = bytesEnd;
        entries[at + 1] = nameLength;
        entries[at + 2] = valueLength;
        entries[at + 3] = token;
        System.arraycopy(name, nameStart, bytes, bytesEnd, nameLength);
        System.arraycopy(value, valueStart, bytes, bytesEnd + nameLength, valueLength);
        bytesEnd += length;
        size += length + ENTRY_OVERHEAD;
        count++;
        return true;
    }

    private int at(int index) {
        return (oldest + count - 1 - index) * STRIDE & entries.length - 1;
    }

    private void evictTo(int limit) {
        while (size > limit) {
            int at = oldest * STRIDE & entries.length - 1;
            int length = entries[at + 1] + entries[at + 2];
            bytesStart += length;
            size -= length + ENTRY_OVERHEAD;
            oldest++;
            count--;
        }
        if (count == 0) {
            oldest = 0;
            bytesStart = 0;
            bytesEnd = 0;
        }
    }

    private void makeRoom(int length) {
        int live = bytesEnd - bytesStart;
        if (bytesEnd + length > bytes.length) {
            // Twice what is in use, so that moving it to the front is rare.
            byte[] target =
                    (live + length) * 2 <= bytes.length
                            ? bytes
                            : new byte
                                    [Math.max(
                                            INITIAL_BYTES,
                                            Integer.highestOneBit(live + length) * 4)];
            System.arraycopy(bytes, bytesStart, target, 0, live);
            for (int i = 0; i < count; i++) {
                entries[(oldest + i) * STRIDE & entries.length - 1] -= bytesStart;
            }
            bytes = target;
            bytesStart = 0;
            bytesEnd = live;
        }
        if ((count + 1) * STRIDE > entries.length) {
            growEntries();
        }
    }

    private void growEntries() {
        if (entries.length == 0) {
            entries = new int[INITIAL_ENTRIES * STRIDE];
            return;
        }
        int[] grown = Arrays.copyOf(entries, entries.length * 2);
        for (int i = 0; i < count; i++) {
            int from = (oldest + i) * STRIDE & entries.length - 1;
            System.arraycopy(entries, from, grown, i * STRIDE, STRIDE);
        }
        entries = grown;
        oldest = 0;
    }
}
