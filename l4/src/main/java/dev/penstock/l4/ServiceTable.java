package dev.penstock.l4;

import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServicePort;
import dev.penstock.model.service.ServicePortRef;
import dev.penstock.model.service.Services;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The Services and, live, the endpoints of each port that a route uses. One thread at a time
 * changes it; {@link BackendPort}s are read by any.
 */
public final class ServiceTable implements AutoCloseable {

    private final L4Settings settings;
    private final AddressRules rules;
    private final Map<ServicePortRef, Interest> interests = new HashMap<>();
    private Services services = Services.EMPTY;

    public ServiceTable(L4Settings settings) {
        this.settings = settings;
        this.rules = new AddressRules(settings.loopbackAllowed());
    }

    private static final class Interest {
        final BackendPort port;
        int count;

        Interest(BackendPort port) {
            this.port = port;
        }
    }

    /** Takes over the Services of a new configuration. */
    public synchronized void update(Services services) {
        this.services = services;
        for (Interest interest : interests.values()) {
            refresh(interest.port);
        }
    }

    /**
     * The live handle of a Service port, which need not exist. The same instance for equal
     * references. Each call must be matched by one of {@link #release}.
     */
    public synchronized BackendPort port(ServicePortRef ref) {
        Interest interest = interests.get(ref);
        if (interest == null) {
            interest = new Interest(new BackendPort(ref));
            interests.put(ref, interest);
            refresh(interest.port);
        }
        interest.count++;
        return interest.port;
    }

    /** Takes back one call of {@link #port}. After the last one the handle changes no more. */
    public synchronized void release(ServicePortRef ref) {
        Interest interest = interests.get(ref);
        if (interest != null && --interest.count == 0) {
            interests.remove(ref);
        }
    }

    private void refresh(BackendPort port) {
        EndpointSet set = endpoints(port.ref());
        port.publish(set, set);
    }

    private EndpointSet endpoints(ServicePortRef ref) {
        Service service = services.byName().get(ref.service());
        if (service == null) {
            return EndpointSet.unavailable(Availability.NO_SERVICE);
        }
        ServicePort port = service.port(ref);
        if (port == null || port.protocol() != Protocol.TCP) {
            return EndpointSet.unavailable(Availability.NO_PORT);
        }
        EndpointChoice choice = EndpointChoice.of(service.endpointsOf(port), settings, rules);
        if (choice.availability() != Availability.AVAILABLE) {
            return EndpointSet.unavailable(choice.availability());
        }
        List<LiveEndpoint> live = new ArrayList<>();
        for (Endpoint endpoint : choice.used()) {
            live.add(LiveEndpoint.of(endpoint));
        }
        return EndpointSet.of(live, null, null);
    }

    @Override
    public synchronized void close() {
        interests.clear();
    }
}
