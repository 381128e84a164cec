package dev.penstock.proxy.exchange;

import dev.penstock.l4.Availability;
import dev.penstock.proxy.upstream.ConnectFailure;
import java.util.Locale;

/** Why a request is answered by the proxy itself, with an error. */
public enum ProxyError {
    BAD_TARGET(400, Side.DOWNSTREAM, "bad request target"),
    NO_ROUTE(404, Side.DOWNSTREAM, "no route takes this request"),
    METHOD_NOT_ALLOWED(405, Side.DOWNSTREAM, "method not allowed"),
    CLIENT_TIMEOUT(408, Side.DOWNSTREAM, "the request did not arrive in time"),
    BODY_TOO_LARGE(413, Side.DOWNSTREAM, "the request body is too large"),
    CLIENT_GONE(499, Side.DOWNSTREAM, "the client went away"),
    INTERNAL(500, Side.PROXY, "internal error"),
    CONNECT_REFUSED(502, Side.UPSTREAM, "no endpoint could be reached"),
    CONNECT_TIMEOUT(504, Side.UPSTREAM, "no endpoint could be reached in time"),
    UPSTREAM_TLS(502, Side.UPSTREAM, "no TLS with the endpoint"),
    UPSTREAM_PROTOCOL(502, Side.UPSTREAM, "the endpoint gave an invalid answer"),
    UPSTREAM_LOST(502, Side.UPSTREAM, "the endpoint gave no answer"),
    OVERLOADED(503, Side.PROXY, "too many requests wait for an endpoint"),
    NO_SERVICE(503, Side.UPSTREAM, "the service does not exist"),
    NO_PORT(503, Side.UPSTREAM, "the service has no such port"),
    NO_ENDPOINTS(503, Side.UPSTREAM, "the service has no endpoint"),
    FORBIDDEN_ENDPOINT(503, Side.UPSTREAM, "the service must not be reached"),
    UNRESOLVED(503, Side.UPSTREAM, "the service's name is not resolved"),
    RESPONSE_TIMEOUT(504, Side.UPSTREAM, "the endpoint did not answer in time"),
    IDLE_TIMEOUT(504, Side.UPSTREAM, "nothing was sent for too long");

    private static final int GRPC_INTERNAL = 13;
    private static final int GRPC_UNIMPLEMENTED = 12;
    private static final int GRPC_DEADLINE_EXCEEDED = 4;
    private static final int GRPC_UNAVAILABLE = 14;
    private static final int GRPC_RESOURCE_EXHAUSTED = 8;

    private final int status;
    private final Side side;
    private final String text;
    private final String label;

    ProxyError(int status, Side side, String text) {
        this.status = status;
        this.side = side;
        this.text = text;
        this.label = name().toLowerCase(Locale.ROOT);
    }

    /** Whose fault it is. */
    public enum Side {
        DOWNSTREAM,
        PROXY,
        UPSTREAM
    }

    /** The status that is answered, where one still can be. */
    public int status() {
        return status;
    }

    public Side side() {
        return side;
    }

    /** What the client is told. */
    public String text() {
        return text;
    }

    /** The name as logs and metrics have it. */
    public String label() {
        return label;
    }

    /** What a gRPC client is told (gRPC, "HTTP to gRPC Status Code Mapping"). */
    int grpcStatus() {
        return switch (status) {
            case 404 -> GRPC_UNIMPLEMENTED;
            case 502, 503 -> GRPC_UNAVAILABLE;
            case 408, 504 -> GRPC_DEADLINE_EXCEEDED;
            case 413 -> GRPC_RESOURCE_EXHAUSTED;
            default -> GRPC_INTERNAL;
        };
    }

    static ProxyError of(ConnectFailure failure) {
        return switch (failure) {
            case REFUSED -> CONNECT_REFUSED;
            case TIMEOUT -> CONNECT_TIMEOUT;
            case TLS -> UPSTREAM_TLS;
            case PROTOCOL -> UPSTREAM_PROTOCOL;
            case OVERLOADED -> OVERLOADED;
        };
    }

    static ProxyError of(Availability availability) {
        return switch (availability) {
            case NO_SERVICE -> NO_SERVICE;
            case NO_PORT, NO_CLUSTER_IP -> NO_PORT;
            case NO_ENDPOINTS, AVAILABLE -> NO_ENDPOINTS;
            case FORBIDDEN -> FORBIDDEN_ENDPOINT;
            case UNRESOLVED -> UNRESOLVED;
        };
    }
}
