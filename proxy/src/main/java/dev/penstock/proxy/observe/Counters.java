package dev.penstock.proxy.observe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A row of counters with one writer and any number of readers. A reader may see a count a moment
 * late, and counts of one row at different moments, but none torn.
 */
final class Counters {

    private static final VarHandle VALUE = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] values;

    Counters(int size) {
        values = new long[size];
    }

    /** Called by the writer only. */
    void add(int index, long amount) {
        VALUE.setOpaque(values, index, values[index] + amount);
    }

    /** Called by the writer only. */
    void increment(int index) {
        add(index, 1);
    }

    long get(int index) {
        return (long) VALUE.getOpaque(values, index);
    }

    int size() {
        return values.length;
    }

    /** Adds every count to a sum of its own. */
    void addTo(long[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += get(i);
        }
    }
}
