package dev.penstock.l4.sync;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the log says of the node's addresses: which came and which went, at most once a {@link
 * #SPAN}, so that one which comes and goes all the time does not fill it. One thread.
 */
final class AddressNews {

    /** What lies at least between two lines. */
    static final Duration SPAN = Duration.ofMinutes(1);

    /** How many addresses are named in a line; machines may have thousands. */
    private static final int NAMED_MAX = 8;

    private @Nullable List<String> told;
    private long toldNanos;

    /**
     * Takes note of the addresses there are. Those of the first time are no news.
     *
     * @return what there is to say now; null for nothing
     */
    @Nullable String of(List<String> addresses, long nowNanos) {
        List<String> before = told;
        if (before == null) {
            told = addresses;
            toldNanos = nowNanos - SPAN.toNanos();
            return null;
        }
        if (addresses.equals(before) || nowNanos - toldNanos < SPAN.toNanos()) {
            return null;
        }
        told = addresses;
        toldNanos = nowNanos;
        List<String> parts = new ArrayList<>();
        add(parts, without(addresses, before), " came");
        add(parts, without(before, addresses), " went");
        return "Addresses of this node changed: " + String.join("; ", parts);
    }

    private static List<String> without(List<String> addresses, List<String> others) {
        List<String> rest = new ArrayList<>(addresses);
        rest.removeAll(others);
        return rest;
    }

    private static void add(List<String> parts, List<String> addresses, String verb) {
        if (!addresses.isEmpty()) {
            int named = Math.min(NAMED_MAX, addresses.size());
            int more = addresses.size() - named;
            parts.add(
                    String.join(", ", addresses.subList(0, named))
                            + (more == 0 ? "" : " and " + more + " more")
                            + verb);
        }
    }
}
