package dev.penstock.controller.decode;

/**
 * Gives equal strings one instance, as far as a fixed number of places reaches: a newer string
 * takes the place of an older one, so that the table never grows. Names, hosts, and labels repeat
 * over thousands of objects and are kept for as long as those are.
 *
 * <p>Safe for any thread: a race costs a duplicate at most.
 */
final class StringTable {

    private static final int PLACES = 1 << 13;
    private static final int LENGTH_MAX = 256;

    private final String[] places = new String[PLACES];

    /** An equal string, if possible one that was given before. */
    String shared(String text) {
        if (text.length() > LENGTH_MAX) {
            return text;
        }
        int hash = text.hashCode();
        int place = (hash ^ (hash >>> 13) ^ (hash >>> 22)) & (PLACES - 1);
        String known = places[place];
        if (text.equals(known)) {
            return known;
        }
        places[place] = text;
        return text;
    }
}
