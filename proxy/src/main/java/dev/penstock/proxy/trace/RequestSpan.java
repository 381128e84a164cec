package dev.penstock.proxy.trace;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.http.RouteId;
import dev.penstock.model.service.ServicePortRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that was answered, with its tries at endpoints. Texts of the client are characters of
 * the same numbers as its bytes.
 *
 * @param trace which span of which trace it is
 * @param request what was asked for
 * @param route the route that took it; null for none
 * @param path the route's path as its object has it; null for none
 * @param service where the route leads; null for none
 * @param status the status that was sent; 0 for none
 * @param error why the request did not go as it should, as in logs and metrics; null where it did
 * @param bytesIn bytes of the request's body
 * @param bytesOut bytes of the answer's body
 * @param durationNanos how long all took
 * @param attempts in their order
 */
public record RequestSpan(
        Trace trace,
        Request request,
        @Nullable RouteId route,
        @Nullable String path,
        @Nullable ServicePortRef service,
        int status,
        @Nullable String error,
        long bytesIn,
        long bytesOut,
        long durationNanos,
        List<AttemptSpan> attempts) {

    public RequestSpan {
        requireNonNull(trace, "trace");
        requireNonNull(request, "request");
        attempts = List.copyOf(attempts);
    }

    /**
     * Which span of which trace.
     *
     * @param high the first half of the trace's id
     * @param low the second half of the trace's id
     * @param span the span's id
     * @param parent the id of the client's span; 0 for none
     * @param state the list of {@code tracestate}; empty for none
     * @param startEpochNanos when it began, in Unix time
     */
    public record Trace(
            long high, long low, long span, long parent, String state, long startEpochNanos) {
        public Trace {
            requireNonNull(state, "state");
        }
    }

    /**
     * What was asked for.
     *
     * @param protocol such as {@code HTTP/1.1}
     * @param client the client's address; empty where it is not known
     */
    public record Request(
            String method,
            boolean secure,
            String authority,
            String target,
            String protocol,
            String userAgent,
            String client,
            String id) {
        public Request {
            requireNonNull(method, "method");
            requireNonNull(authority, "authority");
            requireNonNull(target, "target");
            requireNonNull(protocol, "protocol");
            requireNonNull(userAgent, "userAgent");
            requireNonNull(client, "client");
            requireNonNull(id, "id");
        }
    }
}
