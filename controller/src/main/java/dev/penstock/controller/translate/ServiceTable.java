package dev.penstock.controller.translate;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.ServiceObject;
import dev.penstock.model.collect.ShardedMap;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.Services;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All Services with their endpoints; one is put together anew when it or a slice of it changed. */
final class ServiceTable {

    private Services services = Services.EMPTY;

    /** Puts together what changed; the same instance as before where nothing did. */
    Services update(ClusterState before, ClusterState after) {
        Set<ServiceName> due = new HashSet<>(after.services().keysChangedSince(before.services()));
        due.addAll(after.slicesByService().keysChangedSince(before.slicesByService()));
        ShardedMap.Editor<ServiceName, Service> next = services.byName().edit();
        for (ServiceName name : due) {
            ServiceObject object = after.services().get(name);
            Service service =
                    object == null
                            ? null
                            : ServiceMapper.map(
                                    object, after.slicesByService().getOrDefault(name, List.of()));
            if (service == null) {
                next.remove(name);
            } else {
                next.put(name, service);
            }
        }
        if (next.isChanged()) {
            services = new Services(next.result());
        }
        return services;
    }
}
