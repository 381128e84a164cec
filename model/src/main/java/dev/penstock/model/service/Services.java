package dev.penstock.model.service;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.collect.ShardedMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All Services, and where they are seen from.
 *
 * @param byName the Services by name. An unchanged Service is the same instance from one
 *     configuration to the next
 * @param zone the zone of the node that this runs on, as its Node object says; null where unknown
 */
public record Services(ShardedMap<ServiceName, Service> byName, @Nullable String zone) {

    /** No Services. */
    public static final Services EMPTY = new Services(ShardedMap.empty(), null);

    public Services {
        requireNonNull(byName, "byName");
    }

    /** These Services, seen from nowhere. */
    public static Services of(Map<ServiceName, Service> byName) {
        ShardedMap.Editor<ServiceName, Service> editor =
                ShardedMap.<ServiceName, Service>empty().edit();
        byName.forEach(editor::put);
        return new Services(editor.result(), null);
    }
}
