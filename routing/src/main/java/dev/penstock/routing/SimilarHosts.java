package dev.penstock.routing;

import dev.penstock.model.http.HostPattern;

/** Which hosts somebody may have meant who asked for another: for explanations only. */
final class SimilarHosts {

    /** How many characters a typing mistake may change. */
    private static final int EDITS_MAX = 2;

    private static final int FAR = EDITS_MAX + 1;

    private SimilarHosts() {}

    /** Whether a host is one that people expect a wildcard to match though it does not. */
    static boolean isNearWildcard(HostPattern pattern, String host) {
        if (!pattern.isWildcard()) {
            return false;
        }
        String suffix = pattern.wildcardSuffix();
        return host.endsWith(suffix) || suffix.equals("." + host);
    }

    /** Whether one name is the other with a label in front, or differs by a typing mistake. */
    static boolean areSimilar(String a, String b) {
        if (a.isEmpty() || b.isEmpty()) {
            return false;
        }
        return isLabelInFront(a, b) || isLabelInFront(b, a) || edits(a, b) <= EDITS_MAX;
    }

    private static boolean isLabelInFront(String name, String longer) {
        return longer.endsWith("." + name)
                && longer.indexOf('.') == longer.length() - name.length() - 1;
    }

    /** The edit distance as far as it is at most the maximum, else more than that. */
    private static int edits(String a, String b) {
        if (Math.abs(a.length() - b.length()) > EDITS_MAX) {
            return FAR;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            int least = i;
            for (int j = 1; j < row.length; j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
                least = Math.min(least, row[j]);
            }
            if (least > EDITS_MAX) {
                return FAR;
            }
        }
        return row[b.length()];
    }
}
