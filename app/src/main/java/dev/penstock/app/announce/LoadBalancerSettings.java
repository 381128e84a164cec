package dev.penstock.app.announce;

import static java.util.Objects.requireNonNull;

import dev.penstock.controller.pool.PoolSettings;
import org.jspecify.annotations.Nullable;

/**
 * How load balancer addresses are given and announced.
 *
 * @param pool the addresses, and who gets them
 * @param linkName the link to announce on; null to choose by each address
 */
public record LoadBalancerSettings(PoolSettings pool, @Nullable String linkName) {

    public LoadBalancerSettings {
        requireNonNull(pool, "pool");
    }
}
