package dev.penstock.controller.translate;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.NodeObject;
import dev.penstock.controller.state.ServiceObject;
import dev.penstock.model.collect.ShardedMap;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.Services;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All Services with their endpoints; one is put together anew when it or a slice of it changed. */
final class ServiceTable {

    private final @Nullable String nodeName;
    private Services services = Services.EMPTY;

    /**
     * @param nodeName the Node that they are seen from; null where unknown
     */
    ServiceTable(@Nullable String nodeName) {
        this.nodeName = nodeName;
    }

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
        NodeObject node = nodeName == null ? null : after.nodes().get(nodeName);
        String zone = node == null ? null : node.zone();
        if (next.isChanged() || !Objects.equals(zone, services.zone())) {
            services = new Services(next.result(), zone);
        }
        return services;
    }
}
