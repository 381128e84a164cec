package dev.penstock.controller.pool;

import dev.penstock.controller.state.ServiceObject;
import dev.penstock.model.Problem;
import dev.penstock.model.service.ServiceName;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Which Service has which addresses of a pool: an immutable value, the same for the same Services,
 * whatever their order.
 *
 * @param addresses what the status of a Service should say: for each Service that is ours its
 *     addresses, one for each family, empty where it has to wait; and for each that is of another
 *     type but has addresses of the pool in its status, what is left without them
 * @param problems why Services have to wait, sorted by Service
 */
public record PoolPlan(Map<ServiceName, List<String>> addresses, List<Problem> problems) {

    /** No Services. */
    public static final PoolPlan EMPTY = new PoolPlan(Map.of(), List.of());

    public PoolPlan {
        addresses = Map.copyOf(addresses);
        problems = List.copyOf(problems);
    }

    /**
     * Gives addresses to Services.
     *
     * <p>A Service keeps what it has while that is in the pool and nobody older has it too. Then
     * come those that ask for a certain address, then all others, the oldest first. Where one looks
     * for a free address begins at a hash of its name: so that a Service that is made anew, and all
     * Services where no status tells (manifests), find the same address again; the lowest free one
     * would change with the order in which they come.
     *
     * @param services all that have or may get an address of the pool, in any order
     * @param held what Services have beside what their status says, such as what was just decided
     */
    static PoolPlan of(
            PoolSettings settings,
            Collection<ServiceObject> services,
            Map<ServiceName, List<String>> held) {
        return new PoolAllocation(settings, services, held).run();
    }
}
