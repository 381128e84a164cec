package dev.penstock.model.service;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.collect.ShardedMap;
import java.util.Map;

/**
 * All Services.
 *
 * @param byName the Services by name. An unchanged Service is the same instance from one
 *     configuration to the next
 */
public record Services(ShardedMap<ServiceName, Service> byName) {

    /** No Services. */
    public static final Services EMPTY = new Services(ShardedMap.empty());

    public Services {
        requireNonNull(byName, "byName");
    }

    /** These Services. */
    public static Services of(Map<ServiceName, Service> byName) {
        ShardedMap.Editor<ServiceName, Service> editor =
                ShardedMap.<ServiceName, Service>empty().edit();
        byName.forEach(editor::put);
        return new Services(editor.result());
    }
}
