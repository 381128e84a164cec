package dev.penstock.l4;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of a Service port that new connections may go to at one moment, or why there are
 * none. Immutable.
 */
public final class EndpointSet {

    private static final LiveEndpoint[] NONE = {};

    private final Availability availability;
    private final LiveEndpoint[] endpoints;
    private final @Nullable String externalName;

    private EndpointSet(
            Availability availability, LiveEndpoint[] endpoints, @Nullable String externalName) {
        this.availability = availability;
        this.endpoints = endpoints;
        this.externalName = externalName;
    }

    /** A set of none. */
    public static EndpointSet unavailable(Availability why) {
        return new EndpointSet(why, NONE, null);
    }

    /** A set of at least one endpoint. */
    public static EndpointSet of(List<LiveEndpoint> endpoints) {
        return of(endpoints, null);
    }

    /** A set of at least one endpoint, which a DNS name stands for perhaps. */
    static EndpointSet of(List<LiveEndpoint> endpoints, @Nullable String externalName) {
        return new EndpointSet(
                Availability.AVAILABLE, endpoints.toArray(new LiveEndpoint[0]), externalName);
    }

    /** Whether there is an endpoint, or why there is none. */
    public Availability availability() {
        return availability;
    }

    /** How many endpoints there are; 0 unless available. */
    public int size() {
        return endpoints.length;
    }

    /** The endpoint at an index, 0 to {@link #size()} - 1; in order of address. */
    public LiveEndpoint get(int index) {
        return endpoints[index];
    }

    /** Whether the set holds an endpoint of the given one's address and port. */
    public boolean contains(LiveEndpoint endpoint) {
        for (LiveEndpoint candidate : endpoints) {
            if (candidate.equals(endpoint)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The DNS name behind an ExternalName Service, without a trailing dot: what TLS to the endpoint
     * names and verifies. Null for other types.
     */
    public @Nullable String externalName() {
        return externalName;
    }

    /** The endpoints in their order. */
    public List<LiveEndpoint> asList() {
        return List.of(endpoints);
    }

    @Override
    public String toString() {
        return availability == Availability.AVAILABLE
                ? Arrays.toString(endpoints)
                : availability.toString();
    }
}
