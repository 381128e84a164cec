package dev.penstock.model.http;

import static java.util.Objects.requireNonNull;

/**
 * A further condition of a route beside host and path. Ingress has none; HTTPRoute has methods,
 * headers and query parameters, and ranks routes by how many they ask for (Gateway API,
 * HTTPRouteMatch).
 */
public sealed interface Predicate {

    /**
     * The request's method is the given one.
     *
     * @param method the method, case-sensitive (RFC 9110 section 9.1)
     */
    record Method(String method) implements Predicate {
        public Method {
            requireNonNull(method, "method");
        }
    }

    /**
     * A header field has the given value.
     *
     * @param name the field name in lower case
     * @param value the whole value
     */
    record Header(String name, String value) implements Predicate {
        public Header {
            requireNonNull(name, "name");
            requireNonNull(value, "value");
        }
    }

    /**
     * A query parameter has the given value.
     *
     * @param name the parameter's name
     * @param value the whole value
     */
    record Query(String name, String value) implements Predicate {
        public Query {
            requireNonNull(name, "name");
            requireNonNull(value, "value");
        }
    }
}
