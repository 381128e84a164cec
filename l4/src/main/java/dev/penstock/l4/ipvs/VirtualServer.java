package dev.penstock.l4.ipvs;

import java.util.Map;

/**
 * A virtual server as it is or is to be.
 *
 * @param persistenceSeconds how long a client's connections go to one destination; 0 for no
 *     persistence
 * @param weights its destinations with their weights
 */
record VirtualServer(
        ServerKey key,
        Scheduler scheduler,
        int persistenceSeconds,
        Map<RealServer, Integer> weights) {

    VirtualServer {
        weights = Map.copyOf(weights);
    }
}
