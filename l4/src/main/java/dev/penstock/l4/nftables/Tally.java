package dev.penstock.l4.nftables;

/**
 * Which elements a set or map has, in whatever order they come: how many, and the sum of a number
 * for each. Two that are equal have the same elements but for a chance of about 2^-32. One thread.
 */
final class Tally {

    // Of SplitMix64: numbers that are alike become numbers that are not.
    private static final long SPREAD = 0x9e3779b97f4a7c15L;
    private static final long MIX_1 = 0xbf58476d1ce4e5b9L;
    private static final long MIX_2 = 0x94d049bb133111ebL;

    private int count;
    private long sum;

    void add(String key, String value) {
        count++;
        sum += number(key, value);
    }

    void remove(String key, String value) {
        count--;
        sum -= number(key, value);
    }

    void clear() {
        count = 0;
        sum = 0;
    }

    /** How many elements there are. */
    int count() {
        return count;
    }

    boolean isLike(Tally other) {
        return count == other.count && sum == other.sum;
    }

    private static long number(String key, String value) {
        long number = key.hashCode() * SPREAD + value.hashCode();
        number = (number ^ number >>> 30) * MIX_1;
        number = (number ^ number >>> 27) * MIX_2;
        return number ^ number >>> 31;
    }
}
