package dev.penstock.controller.status;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.IngressObject;
import dev.penstock.controller.state.ServiceObject;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.service.Service;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the status of Ingresses should say, and whose does not say it. Pure. */
final class StatusPlan {

    private StatusPlan() {}

    /** The addresses to publish, sorted; none while they are unknown. */
    static List<String> addresses(PublishSettings settings, ClusterState state) {
        return switch (settings) {
            case PublishSettings.Fixed(var addresses) -> sorted(addresses);
            case PublishSettings.OfService(var name) -> {
                ServiceObject service = state.services().get(name);
                yield service == null ? List.of() : sorted(addresses(service));
            }
        };
    }

    /**
     * The Ingresses whose status has to be written. While no address is known nothing is: a status
     * that was right before may still be, and other programs delete DNS records for an empty one.
     *
     * @param ours the Ingresses that are served here
     */
    static List<IngressObject> outdated(
            ClusterState state, Collection<ObjectRef> ours, List<String> addresses) {
        if (addresses.isEmpty()) {
            return List.of();
        }
        Set<String> wanted = new HashSet<>(addresses);
        List<IngressObject> outdated = new ArrayList<>();
        for (ObjectRef ref : ours) {
            IngressObject ingress = state.ingresses().get(ref);
            if (ingress != null
                    && (ingress.statusAddresses().size() != wanted.size()
                            || !wanted.containsAll(ingress.statusAddresses()))) {
                outdated.add(ingress);
            }
        }
        outdated.sort((a, b) -> a.ref().compareTo(b.ref()));
        return outdated;
    }

    private static List<String> addresses(ServiceObject object) {
        Service service = object.service();
        List<String> external = service.nodeTraffic().externalIps();
        return switch (service.type()) {
            case LOAD_BALANCER -> {
                List<String> all = new ArrayList<>(object.statusAddresses());
                all.addAll(external);
                yield all;
            }
            case NODE_PORT -> external.isEmpty() ? service.clusterIps() : external;
            case CLUSTER_IP -> service.clusterIps();
            case EXTERNAL_NAME -> {
                String name = service.externalName();
                yield name == null ? List.of() : List.of(name);
            }
        };
    }

    private static List<String> sorted(Collection<String> addresses) {
        return List.copyOf(new TreeSet<>(addresses));
    }
}
