package dev.penstock.l4;

import dev.penstock.l4.dns.NameResolver;
import dev.penstock.model.service.LoadBalancing;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServicePortRef;
import dev.penstock.model.service.Services;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The Services and, live, the endpoints of each port that a route uses. May be called by any
 * thread; changes exclude each other. {@link BackendPort}s are read without a lock.
 */
public final class ServiceTable implements AutoCloseable {

    private final L4Settings given;
    private final AddressRules rules;
    private final Map<ServicePortRef, PortTracker> trackers = new HashMap<>();
    private L4Settings settings;
    private Services services = Services.EMPTY;

    /** Made when the first external name is used: most set-ups have none. */
    private @Nullable NameResolver resolver;

    public ServiceTable(L4Settings settings) {
        this.given = settings;
        this.settings = settings;
        this.rules = new AddressRules(settings.loopbackAllowed());
    }

    /**
     * Takes over the Services of a new configuration. A Service that is the same instance as before
     * costs one look-up for each of its ports that is in use.
     */
    @SuppressWarnings("ReferenceEquality") // identity is the contract: unchanged, same instance
    public synchronized void update(Services services) {
        if (this.services == services) {
            return;
        }
        this.services = services;
        L4Settings here = given.withZoneOf(services);
        settings = here.equals(settings) ? settings : here;
        for (PortTracker tracker : trackers.values()) {
            tracker.update(service(tracker.port().ref()), settings);
        }
    }

    /**
     * The live handle of a Service port, which need not exist. The same instance for equal
     * references. Each call must be matched by one of {@link #release}.
     */
    public synchronized BackendPort port(ServicePortRef ref) {
        PortTracker tracker = trackers.get(ref);
        if (tracker == null) {
            tracker = new PortTracker(ref, settings, rules, this::watch);
            trackers.put(ref, tracker);
            tracker.update(service(ref), settings);
        }
        tracker.retain();
        return tracker.port();
    }

    /** Takes back one call of {@link #port}. After the last one the handle changes no more. */
    public synchronized void release(ServicePortRef ref) {
        PortTracker tracker = trackers.get(ref);
        if (tracker != null && tracker.release()) {
            trackers.remove(ref);
            tracker.close();
        }
    }

    /** What holds for all Services, with the zone where that is known now. */
    public synchronized L4Settings settings() {
        return settings;
    }

    /** How connections to a Service port are spread by default, and why. */
    public ServiceExplanation explain(ServicePortRef ref) {
        return explain(ref, LoadBalancing.ROUND_ROBIN);
    }

    /** How connections to a Service port are spread by a route of the given algorithm, and why. */
    public synchronized ServiceExplanation explain(ServicePortRef ref, LoadBalancing algorithm) {
        PortTracker tracker = trackers.get(ref);
        PortPlan plan = PortPlan.of(service(ref), ref, settings, rules);
        List<InetAddress> literal = plan.literalAddresses();
        List<InetAddress> resolved = tracker == null ? null : tracker.resolved();
        return new ServiceExplainer(settings, rules)
                .explain(ref, algorithm, plan, literal == null ? resolved : literal);
    }

    private @Nullable Service service(ServicePortRef ref) {
        return services.byName().get(ref.service());
    }

    private NameResolver.Watch watch(String name, Consumer<List<InetAddress>> listener) {
        if (resolver == null) {
            resolver = new NameResolver(settings.nameServers());
        }
        return resolver.watch(
                name,
                addresses -> {
                    synchronized (this) {
                        listener.accept(addresses);
                    }
                });
    }

    /** Ends the watches of names. Handles keep what they have. */
    @Override
    public synchronized void close() {
        trackers.values().forEach(PortTracker::close);
        trackers.clear();
        if (resolver != null) {
            resolver.close();
        }
    }
}
