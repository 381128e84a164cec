package dev.penstock.proxy.exchange;

import dev.penstock.model.config.Configuration;
import dev.penstock.routing.RouteTable;
import java.time.Instant;

/**
 * What is served from one moment on. A request takes it once, with its head, and sees no other.
 *
 * @param generation counts configurations, from 1; 0 before the first
 * @param appliedAt when it was published
 * @param configuration what it was made from
 * @param routes the compiled routes
 */
public record ActiveConfig(
        long generation,
        Instant appliedAt,
        Configuration configuration,
        RouteTable<CompiledRoute> routes) {

    /** What is served before there is a configuration: 404 for everything. */
    public static final ActiveConfig NONE =
            new ActiveConfig(0, Instant.EPOCH, Configuration.EMPTY, RouteTable.empty());
}
