package dev.penstock.l4;

import dev.penstock.model.service.ServicePortRef;
import org.jspecify.annotations.Nullable;

/**
 * The live handle of one Service port. Its sets change while it is held; read one once per request.
 * Any thread.
 */
public final class BackendPort {

    private final ServicePortRef ref;
    private volatile EndpointSet endpoints = EndpointSet.unavailable(Availability.NO_SERVICE);
    private volatile EndpointSet serviceUpstream = endpoints;

    private volatile @Nullable AffinityTable affinity;

    BackendPort(ServicePortRef ref) {
        this.ref = ref;
    }

    /** What the handle stands for. */
    public ServicePortRef ref() {
        return ref;
    }

    /** The endpoints to use now. */
    public EndpointSet endpoints() {
        return endpoints;
    }

    /**
     * The Service's cluster address and port as the only endpoint, for routes that leave the choice
     * to the node; an ExternalName Service's addresses, for it has no other.
     */
    public EndpointSet serviceUpstream() {
        return serviceUpstream;
    }

    /** Which client was sent where; null while the Service has no session affinity. */
    @Nullable AffinityTable affinity() {
        return affinity;
    }

    void endpoints(EndpointSet next) {
        endpoints = next;
    }

    void serviceUpstream(EndpointSet next) {
        serviceUpstream = next;
    }

    void affinity(@Nullable AffinityTable next) {
        affinity = next;
    }

    @Override
    public String toString() {
        return "BackendPort(" + ref + ")";
    }
}
