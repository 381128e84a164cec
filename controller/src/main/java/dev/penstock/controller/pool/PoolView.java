package dev.penstock.controller.pool;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.ServiceObject;
import dev.penstock.model.service.ServiceName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Follows the objects and says which Service has which addresses of the pool. What it decided once
 * stays, also before a status says so. One thread at a time.
 */
public final class PoolView {

    private final PoolSettings settings;
    private final PoolServices services;

    private PoolPlan plan = PoolPlan.EMPTY;

    /** Services with addresses put in, so that what did not change stays the same instance. */
    private Map<ServiceName, Filled> filled = new HashMap<>();

    private record Filled(ServiceObject before, ServiceObject after) {}

    public PoolView(PoolSettings settings) {
        this.settings = settings;
        this.services = new PoolServices(settings.pool());
    }

    /** Takes in a state, and returns what holds now: the same instance if nothing changed. */
    public PoolPlan update(ClusterState state) {
        if (services.update(state)) {
            PoolPlan next = PoolPlan.of(settings, services.all(), plan.addresses());
            plan = next.equals(plan) ? plan : next;
        }
        return plan;
    }

    /**
     * The state that was taken in last, with the addresses in its Services as if their status had
     * them: for where there is no cluster to write a status to.
     */
    public ClusterState fill(ClusterState state) {
        Map<ServiceName, Filled> now = new HashMap<>();
        ClusterState.Builder result = state.change();
        plan.addresses()
                .forEach((name, addresses) -> {
                    ServiceObject object = state.services().get(name);
                    if (object != null) {
                        Filled entry = fill(object, addresses);
                        now.put(name, entry);
                        result.put(entry.after());
                    }
                });
        filled = now;
        return result.build();
    }

    @SuppressWarnings("ReferenceEquality") // what did not change is the same instance
    private Filled fill(ServiceObject object, List<String> addresses) {
        Filled before = filled.get(object.name());
        return before != null
                        && before.before() == object
                        && before.after().statusAddresses().equals(addresses)
                ? before
                : new Filled(object, object.withBalancerAddresses(addresses));
    }
}
