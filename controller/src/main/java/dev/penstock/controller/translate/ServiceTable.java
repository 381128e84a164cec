package dev.penstock.controller.translate;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.ServiceObject;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.Services;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All Services with their endpoints; one is put together anew when it or a slice of it changed. */
final class ServiceTable {

    private Services services = Services.EMPTY;

    /** Puts together what changed; the same instance as before where nothing did. */
    Services update(ClusterState before, ClusterState after) {
        Set<ServiceName> due = new HashSet<>(after.services().keysChangedSince(before.services()));
        due.addAll(after.slicesByService().keysChangedSince(before.slicesByService()));
        Map<ServiceName, Service> next = null;
        for (ServiceName name : due) {
            ServiceObject object = after.services().get(name);
            Service old = services.byName().get(name);
            Service service =
                    object == null
                            ? null
                            : ServiceMapper.map(
                                    object, after.slicesByService().getOrDefault(name, List.of()));
            if (service == null ? old == null : service.equals(old)) {
                continue;
            }
            if (next == null) {
                next = new HashMap<>(services.byName());
            }
            if (service == null) {
                next.remove(name);
            } else {
                next.put(name, service);
            }
        }
        if (next != null) {
            services = new Services(next);
        }
        return services;
    }
}
