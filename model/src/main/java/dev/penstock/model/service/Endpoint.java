package dev.penstock.model.service;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.address.AddressText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One address and port behind a Service port, with the conditions of its EndpointSlice.
 *
 * @param address the IP address in its canonical text form, without brackets or a zone
 * @param port the port, 1 to 65535
 * @param ready takes new traffic
 * @param serving answers, though it may be terminating
 * @param terminating is being deleted
 * @param nodeName the node it runs on; null where unknown
 * @param zone the zone it runs in; null where unknown
 * @param hints where its slice's topology hints want it used
 * @param target the pod behind it, as {@code namespace/name}; null where unknown
 */
public record Endpoint(
        String address,
        int port,
        boolean ready,
        boolean serving,
        boolean terminating,
        @Nullable String nodeName,
        @Nullable String zone,
        Hints hints,
        @Nullable String target) {

    public Endpoint {
        requireNonNull(address, "address");
        requireNonNull(hints, "hints");
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1-65535)");
        }
    }

    /** A ready endpoint of which nothing else is known. */
    public static Endpoint ready(String address, int port) {
        return new Endpoint(address, port, true, true, false, null, null, Hints.NONE, null);
    }

    /**
     * An endpoint's topology hints.
     *
     * @param zones zones that should use it; empty for no zone hint
     * @param nodes nodes that should use it; empty for no node hint
     */
    public record Hints(List<String> zones, List<String> nodes) {

        /** No hints. */
        public static final Hints NONE = new Hints(List.of(), List.of());

        public Hints {
            zones = List.copyOf(zones);
            nodes = List.copyOf(nodes);
        }
    }

    /** The address and port as in a URL's authority; an IPv6 address in brackets. */
    public String authority() {
        return AddressText.authority(address, port);
    }
}
