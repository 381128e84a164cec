package dev.penstock.routing;

import dev.penstock.model.http.Route;
import dev.penstock.model.http.VirtualHost;
import org.jspecify.annotations.Nullable;

/**
 * Makes the payload that a {@link RouteTable} gives for a matched route.
 *
 * @param <T> the payload
 */
@FunctionalInterface
public interface RouteCompiler<T> {

    /**
     * Makes the payload of a new or changed route.
     *
     * @param host the host the route stands under; null for the configuration's default route
     * @param route the route
     */
    T compile(@Nullable VirtualHost host, Route route);

    /**
     * Takes back a payload that the new table does not hold any more. Called after all calls of
     * {@link #compile}; the former table, and requests that it matched, may still use the payload.
     */
    default void retire(T payload) {}
}
