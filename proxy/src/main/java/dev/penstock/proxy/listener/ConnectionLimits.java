package dev.penstock.proxy.listener;

import java.time.Duration;

/**
 * Bounds of connections as such.
 *
 * @param connectionsMax client connections at once; beyond, new ones are closed
 * @param backlog connections that the system may hold until they are accepted
 * @param proxyHeaderTimeout how long a trusted peer may take for its PROXY protocol header
 */
public record ConnectionLimits(int connectionsMax, int backlog, Duration proxyHeaderTimeout) {

    public static final ConnectionLimits DEFAULT =
            new ConnectionLimits(100_000, 4096, Duration.ofSeconds(5));
}
