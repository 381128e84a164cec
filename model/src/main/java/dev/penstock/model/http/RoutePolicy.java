package dev.penstock.model.http;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.service.LoadBalancing;
import java.time.Duration;

/**
 * The settings of a route, from annotations. What is not set has the value of {@link #DEFAULT}.
 *
 * @param sslRedirect answer plain HTTP with 308 to HTTPS when the host has TLS
 * @param backendProtocol what is spoken to the endpoints
 * @param loadBalancing how an endpoint is chosen
 * @param connectTimeout how long one connection attempt to an endpoint may take; positive
 * @param responseTimeout how long an endpoint may take from the end of the request to the head of
 *     its answer; positive
 * @param idleTimeout how long an exchange may go without a byte in either direction; positive
 * @param maxBodySize bytes of request body allowed; 0 for no limit
 * @param serviceUpstream connect to the Service's cluster IP and port instead of its endpoints
 * @param upstreamTlsVerify check the endpoint's certificate against the JVM's trust store and the
 *     Service's name
 * @param upgrades allow upgrades other than {@code websocket}
 * @param tracing trace requests, where traces go anywhere
 * @param trustIncomingSpan go on with the trace that the client names
 */
public record RoutePolicy(
        boolean sslRedirect,
        BackendProtocol backendProtocol,
        LoadBalancing loadBalancing,
        Duration connectTimeout,
        Duration responseTimeout,
        Duration idleTimeout,
        long maxBodySize,
        boolean serviceUpstream,
        boolean upstreamTlsVerify,
        boolean upgrades,
        Toggle tracing,
        Toggle trustIncomingSpan) {

    /**
     * What a route without annotations does. Timeouts are those of ingress-nginx; the body is not
     * limited.
     */
    public static final RoutePolicy DEFAULT =
            new RoutePolicy(
                    true,
                    BackendProtocol.HTTP,
                    LoadBalancing.ROUND_ROBIN,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(60),
                    0,
                    false,
                    false,
                    false,
                    Toggle.UNSET,
                    Toggle.UNSET);

    public RoutePolicy {
        requireNonNull(backendProtocol, "backendProtocol");
        requireNonNull(loadBalancing, "loadBalancing");
        requireNonNull(tracing, "tracing");
        requireNonNull(trustIncomingSpan, "trustIncomingSpan");
        requirePositive(connectTimeout, "connectTimeout");
        requirePositive(responseTimeout, "responseTimeout");
        requirePositive(idleTimeout, "idleTimeout");
        if (maxBodySize < 0) {
            throw new IllegalArgumentException("maxBodySize: " + maxBodySize + " (expected: >= 0)");
        }
    }

    private static void requirePositive(Duration value, String name) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
    }
}
