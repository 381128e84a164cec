package dev.penstock.routing;

import dev.penstock.model.http.Predicate;
import dev.penstock.model.http.Route;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A route under a path, with its payload. Those of one path form a chain in order of precedence.
 *
 * @param <T> the payload
 */
final class Candidate<T> {

    private final Route route;
    private final T payload;
    private final Predicate @Nullable [] predicates;
    private final @Nullable Candidate<T> next;

    Candidate(Route route, T payload, @Nullable Candidate<T> next) {
        this.route = route;
        this.payload = payload;
        List<Predicate> conditions = route.predicates();
        this.predicates =
                conditions.isEmpty() ? null : conditions.toArray(new Predicate[conditions.size()]);
        this.next = next;
    }

    Route route() {
        return route;
    }

    T payload() {
        return payload;
    }

    @Nullable Candidate<T> next() {
        return next;
    }

    /** The first of a chain whose predicates hold, or null. */
    static <T> @Nullable Candidate<T> first(@Nullable Candidate<T> chain, RequestView request) {
        Candidate<T> candidate = chain;
        while (candidate != null && candidate.unmet(request) != null) {
            candidate = candidate.next;
        }
        return candidate;
    }

    /** The first predicate that does not hold for a request; null when all hold. */
    @Nullable Predicate unmet(RequestView request) {
        if (predicates == null) {
            return null;
        }
        for (Predicate predicate : predicates) {
            if (!holds(predicate, request)) {
                return predicate;
            }
        }
        return null;
    }

    private static boolean holds(Predicate predicate, RequestView request) {
        return switch (predicate) {
            case Predicate.Method(String method) -> request.methodIs(method);
            case Predicate.Header(String name, String value) -> is(request.header(name), value);
            case Predicate.Query(String name, String value) -> is(request.query(name), value);
        };
    }

    private static boolean is(@Nullable CharSequence actual, String expected) {
        return actual != null && expected.contentEquals(actual);
    }
}
