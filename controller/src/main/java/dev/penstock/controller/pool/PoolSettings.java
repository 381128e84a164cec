package dev.penstock.controller.pool;

import static java.util.Objects.requireNonNull;

import dev.penstock.controller.state.ServiceObject;
import dev.penstock.model.address.AddressPool;
import dev.penstock.model.service.ServiceType;

/**
 * Which addresses are given to which Services.
 *
 * @param pool the addresses
 * @param unclassed whether Services without {@code spec.loadBalancerClass} get one too
 */
public record PoolSettings(AddressPool pool, boolean unclassed) {

    /** The {@code spec.loadBalancerClass} of Services that get their addresses here. */
    public static final String CLASS = "penstock.dev/load-balancer";

    public PoolSettings {
        requireNonNull(pool, "pool");
    }

    /** Whether a Service gets its load balancer addresses here, and from nobody else. */
    boolean isOurs(ServiceObject object) {
        String className = object.balancer().className();
        return object.service().type() == ServiceType.LOAD_BALANCER
                && (className.isEmpty() ? unclassed : className.equals(CLASS));
    }
}
