package dev.penstock.model.http;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.ObjectRef;

/**
 * Which part of which object a route comes from. Identifies a route in explanations, logs and
 * metrics.
 *
 * @param source the object, such as an Ingress
 * @param rule the index in {@code spec.rules}; -1 for the object's default backend
 * @param path the index in the rule's {@code http.paths}; -1 for the object's default backend
 */
public record RouteId(ObjectRef source, int rule, int path) {

    public RouteId {
        requireNonNull(source, "source");
    }

    /** The field of the source that holds the route. */
    public String field() {
        return rule < 0
                ? "spec.defaultBackend"
                : "spec.rules[" + rule + "].http.paths[" + path + "]";
    }

    @Override
    public String toString() {
        return source + " " + field();
    }
}
