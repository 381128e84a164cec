package dev.penstock.model.http;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * One way for a request to be served: what it must look like and what is done with it. The host is
 * the {@link VirtualHost}'s.
 *
 * @param id where the route comes from
 * @param path the path it takes
 * @param predicates further conditions, all of which must hold
 * @param action what is done with a request that matches
 * @param policy settings of the route
 */
public record Route(
        RouteId id,
        PathMatch path,
        List<Predicate> predicates,
        RouteAction action,
        RoutePolicy policy) {

    public Route {
        requireNonNull(id, "id");
        requireNonNull(path, "path");
        predicates = List.copyOf(predicates);
        requireNonNull(action, "action");
        requireNonNull(policy, "policy");
    }
}
