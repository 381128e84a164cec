package dev.penstock.routing;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.Route;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which route takes a request, why, and why those that nearly do not.
 *
 * @param host the request's host as it was matched; empty for none
 * @param path the request's normalised path
 * @param decidingHost the host whose routes alone were asked; null where no host matches
 * @param winner the route that takes the request; null for 404
 * @param reason why the winner takes it, or why nothing does, in one line
 * @param nearMisses routes that do not take it, the nearest first; at most {@link #NEAR_MISSES_MAX}
 * @param nearMissesLeftOut how many more there were
 */
public record Explanation(
        String host,
        String path,
        @Nullable HostPattern decidingHost,
        @Nullable Route winner,
        String reason,
        List<NearMiss> nearMisses,
        int nearMissesLeftOut) {

    /** How many near misses are listed. */
    public static final int NEAR_MISSES_MAX = 20;

    public Explanation {
        requireNonNull(host, "host");
        requireNonNull(path, "path");
        requireNonNull(reason, "reason");
        nearMisses = List.copyOf(nearMisses);
    }

    /** Why a route does not take a request. The order is from near to far. */
    public enum Miss {
        /** All of it matches, but an older object has the same path and predicates. */
        OLDER_ROUTE_FIRST,
        /** All of it matches, but another route of the path asks for more. */
        MORE_PREDICATES_FIRST,
        /** All of it matches, but an exact path comes before a prefix. */
        EXACT_FIRST,
        /** All of it matches, but a longer prefix matches too. */
        LONGER_PREFIX_FIRST,
        /** Host and path match, but a predicate does not hold. */
        PREDICATE_NOT_MET,
        /** Host and path match, but a more specific host decides alone. */
        MORE_SPECIFIC_HOST_DECIDES,
        /** All of it matches, but it is the default route, and another took the request. */
        DEFAULT_NOT_NEEDED,
        /** The host matches, the path does not. */
        PATH_DIFFERS,
        /** The path matches, the host is similar but does not match. */
        HOST_DIFFERS
    }

    /**
     * A route that does not take the request.
     *
     * @param host the host it stands under; null for the default route
     * @param route the route
     * @param miss the class of the reason
     * @param reason the reason in one line
     */
    public record NearMiss(@Nullable HostPattern host, Route route, Miss miss, String reason) {
        public NearMiss {
            requireNonNull(route, "route");
            requireNonNull(miss, "miss");
            requireNonNull(reason, "reason");
        }
    }
}
