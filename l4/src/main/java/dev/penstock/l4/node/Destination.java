package dev.penstock.l4.node;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * An endpoint that connections to a virtual service may go to.
 *
 * @param address its IP address in canonical text form
 * @param port its port
 * @param local whether it runs on this node
 * @param weight its share against the others, 0 to {@value #WEIGHT_MAX}; 1 unless the Service says
 *     otherwise; 0 takes no new connections. Algorithms without weights take it as 1 when positive
 */
public record Destination(String address, int port, boolean local, int weight) {

    /** The greatest weight. */
    public static final int WEIGHT_MAX = 100;

    public Destination {
        requireNonNull(address, "address");
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1-65535)");
        }
        if (weight < 0 || weight > WEIGHT_MAX) {
            throw new IllegalArgumentException(
                    "weight: " + weight + " (expected: 0-" + WEIGHT_MAX + ")");
        }
    }

    /** Those that take new connections: all but those of weight 0, unless that is all of them. */
    public static List<Destination> takingNew(List<Destination> destinations) {
        if (destinations.stream().allMatch(destination -> destination.weight == 1)) {
            return destinations;
        }
        List<Destination> taking =
                destinations.stream().filter(destination -> destination.weight > 0).toList();
        return taking.isEmpty() ? destinations : taking;
    }
}
