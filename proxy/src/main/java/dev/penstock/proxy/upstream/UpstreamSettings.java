package dev.penstock.proxy.upstream;

import java.time.Duration;

/**
 * Bounds of the pools.
 *
 * @param connectionsMax connections to one endpoint, for each event loop; what is beyond waits
 * @param waitersMax requests that wait for a connection to one endpoint, for each event loop;
 *     beyond: 503
 * @param idleConnectionsMax unused connections to one endpoint that are kept, for each event loop
 * @param idleTimeout how long an unused connection is kept; below the endpoints' own, or requests
 *     meet closed connections
 */
public record UpstreamSettings(
        int connectionsMax, int waitersMax, int idleConnectionsMax, Duration idleTimeout) {

    /** Bounds for the usual servers, most of which keep unused connections for 60 s and longer. */
    public static final UpstreamSettings DEFAULT =
            new UpstreamSettings(1024, 1024, 256, Duration.ofSeconds(55));
}
