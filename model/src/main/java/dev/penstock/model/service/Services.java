package dev.penstock.model.service;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * All Services.
 *
 * @param byName the Services by name. An unchanged Service is the same instance from one
 *     configuration to the next
 */
public record Services(Map<ServiceName, Service> byName) {

    /** No Services. */
    public static final Services EMPTY = new Services(new TreeMap<>());

    public Services {
        byName = Collections.unmodifiableMap(requireNonNull(byName, "byName"));
    }
}
