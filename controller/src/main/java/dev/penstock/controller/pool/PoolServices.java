package dev.penstock.controller.pool;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.ServiceObject;
import dev.penstock.model.address.AddressPool;
import dev.penstock.model.collect.ShardedMap;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.ServiceType;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The Services that matter to a pool: those of type LoadBalancer, and those that have an address of
 * the pool in any other way. To follow changes costs what the changes cost. One thread at a time.
 */
final class PoolServices {

    private final AddressPool pool;
    private final SortedMap<ServiceName, ServiceObject> relevant = new TreeMap<>();

    private ShardedMap<ServiceName, ServiceObject> last = ShardedMap.empty();

    PoolServices(AddressPool pool) {
        this.pool = pool;
    }

    /** Takes in a state. Returns whether a Service that matters came, went or changed. */
    boolean update(ClusterState state) {
        boolean changed = false;
        for (ServiceName name : state.services().keysChangedSince(last)) {
            ServiceObject object = state.services().get(name);
            if (isRelevant(object)) {
                relevant.put(name, object);
                changed = true;
            } else {
                changed |= relevant.remove(name) != null;
            }
        }
        last = state.services();
        return changed;
    }

    /** The Services that matter, sorted by name. */
    Collection<ServiceObject> all() {
        return Collections.unmodifiableCollection(relevant.values());
    }

    private boolean isRelevant(@Nullable ServiceObject object) {
        if (object == null) {
            return false;
        }
        Service service = object.service();
        return service.type() == ServiceType.LOAD_BALANCER
                || isInPool(service.clusterIps())
                || isInPool(service.nodeTraffic().externalIps())
                || isInPool(object.statusAddresses());
    }

    private boolean isInPool(Collection<String> addresses) {
        for (String address : addresses) {
            if (pool.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
