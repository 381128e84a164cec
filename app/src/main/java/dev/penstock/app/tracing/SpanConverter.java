package dev.penstock.app.tracing;

import dev.penstock.proxy.trace.AttemptSpan;
import dev.penstock.proxy.trace.RequestSpan;
import dev.penstock.proxy.trace.RequestSpan.Request;
import dev.penstock.proxy.trace.RequestSpan.Trace;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.resources.ResourceBuilder;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names things by OpenTelemetry's semantic conventions for HTTP: a server span for a request, a
 * client span below it for each try at an endpoint.
 */
final class SpanConverter {

    /** What may be a span's name and {@code http.request.method}; anything else is not bounded. */
    private static final Set<String> METHODS =
            Set.of("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE");

    /** The status in logs of a request whose client went away; nobody was sent it. */
    private static final int CLIENT_GONE = 499;

    private static final AttributeKey<String> METHOD = key("http.request.method");
    private static final AttributeKey<String> METHOD_ORIGINAL = key("http.request.method_original");
    private static final AttributeKey<Long> STATUS = number("http.response.status_code");
    private static final AttributeKey<String> ROUTE = key("http.route");
    private static final AttributeKey<Long> RESEND_COUNT = number("http.request.resend_count");
    private static final AttributeKey<Long> REQUEST_SIZE = number("http.request.body.size");
    private static final AttributeKey<Long> RESPONSE_SIZE = number("http.response.body.size");
    private static final AttributeKey<String> SERVER = key("server.address");
    private static final AttributeKey<Long> SERVER_PORT = number("server.port");
    private static final AttributeKey<String> CLIENT = key("client.address");
    private static final AttributeKey<String> PEER = key("network.peer.address");
    private static final AttributeKey<Long> PEER_PORT = number("network.peer.port");
    private static final AttributeKey<String> PROTOCOL = key("network.protocol.name");
    private static final AttributeKey<String> PROTOCOL_VERSION = key("network.protocol.version");
    private static final AttributeKey<String> SCHEME = key("url.scheme");
    private static final AttributeKey<String> PATH = key("url.path");
    private static final AttributeKey<String> QUERY = key("url.query");
    private static final AttributeKey<String> FULL = key("url.full");
    private static final AttributeKey<String> USER_AGENT = key("user_agent.original");
    private static final AttributeKey<String> ERROR = key("error.type");
    private static final AttributeKey<String> INGRESS = key("penstock.ingress");
    private static final AttributeKey<String> SERVICE = key("penstock.service");
    private static final AttributeKey<String> REQUEST_ID = key("penstock.request_id");

    private final Resource resource;

    /**
     * @param attributes of this process
     */
    SpanConverter(Map<String, String> attributes) {
        ResourceBuilder builder = Resource.getDefault().toBuilder();
        attributes.forEach(builder::put);
        resource = builder.build();
    }

    private static AttributeKey<String> key(String name) {
        return AttributeKey.stringKey(name);
    }

    private static AttributeKey<Long> number(String name) {
        return AttributeKey.longKey(name);
    }

    /** Adds the spans of a request. */
    void convert(RequestSpan span, List<SpanData> to) {
        Trace trace = span.trace();
        String traceId = TraceId.fromLongs(trace.high(), trace.low());
        TraceState state = state(trace.state());
        SpanContext own =
                SpanContext.create(
                        traceId, SpanId.fromLong(trace.span()), TraceFlags.getSampled(), state);
        SpanContext parent =
                trace.parent() == 0
                        ? SpanContext.getInvalid()
                        : SpanContext.createFromRemoteParent(
                                traceId,
                                SpanId.fromLong(trace.parent()),
                                TraceFlags.getSampled(),
                                state);
        String method =
                METHODS.contains(span.request().method()) ? span.request().method() : "HTTP";
        to.add(
                new FinishedSpan(
                        span.path() == null ? method : method + " " + span.path(),
                        SpanKind.SERVER,
                        own,
                        parent,
                        failed(span) ? StatusData.error() : StatusData.unset(),
                        trace.startEpochNanos(),
                        trace.startEpochNanos() + span.durationNanos(),
                        server(span),
                        resource));
        for (AttemptSpan attempt : span.attempts()) {
            to.add(
                    new FinishedSpan(
                            method,
                            SpanKind.CLIENT,
                            SpanContext.create(
                                    traceId,
                                    SpanId.fromLong(attempt.id()),
                                    TraceFlags.getSampled(),
                                    state),
                            own,
                            failed(attempt) ? StatusData.error() : StatusData.unset(),
                            trace.startEpochNanos() + attempt.startNanos(),
                            trace.startEpochNanos() + attempt.endNanos(),
                            client(span, attempt),
                            resource));
        }
    }

    private static TraceState state(String list) {
        if (list.isEmpty()) {
            return TraceState.getDefault();
        }
        TraceStateBuilder builder = TraceState.builder();
        // What is put later comes first.
        List<String> members = List.of(list.split(",", -1)).reversed();
        for (String member : members) {
            int equals = member.indexOf('=');
            if (equals > 0) {
                builder.put(member.substring(0, equals).strip(), member.substring(equals + 1));
            }
        }
        return builder.build();
    }

    /** A client's fault is none of a server span; an answer that was broken off is. */
    private static boolean failed(RequestSpan span) {
        return span.status() >= 500 || (span.error() != null && span.status() < 400);
    }

    private static boolean failed(AttemptSpan span) {
        return span.status() >= 400 || span.error() != null;
    }

    private static Attributes server(RequestSpan span) {
        Request request = span.request();
        AttributesBuilder to = Attributes.builder();
        method(request, to);
        to.put(SCHEME, request.secure() ? "https" : "http");
        int question = request.target().indexOf('?');
        put(to, PATH, question < 0 ? request.target() : request.target().substring(0, question));
        if (question >= 0) {
            put(to, QUERY, Redaction.query(request.target().substring(question + 1)));
        }
        host(request, to);
        put(to, ROUTE, span.path());
        if (span.status() != 0 && span.status() != CLIENT_GONE) {
            to.put(STATUS, (long) span.status());
        }
        String error = span.error();
        put(to, ERROR, error == null && span.status() >= 500 ? "" + span.status() : error);
        put(to, CLIENT, request.client());
        if (request.protocol().startsWith("HTTP/")) {
            String version = request.protocol().substring("HTTP/".length());
            to.put(PROTOCOL, "http");
            to.put(PROTOCOL_VERSION, version.equals("2.0") ? "2" : version);
        }
        put(to, USER_AGENT, request.userAgent());
        to.put(REQUEST_SIZE, span.bytesIn());
        to.put(RESPONSE_SIZE, span.bytesOut());
        put(to, REQUEST_ID, request.id());
        own(span, to);
        return to.build();
    }

    private static Attributes client(RequestSpan span, AttemptSpan attempt) {
        Request request = span.request();
        AttributesBuilder to = Attributes.builder();
        method(request, to);
        to.put(SERVER, attempt.address());
        to.put(SERVER_PORT, (long) attempt.port());
        to.put(PEER, attempt.address());
        to.put(PEER_PORT, (long) attempt.port());
        to.put(
                FULL,
                (attempt.secure() ? "https://" : "http://")
                        + request.authority()
                        + Redaction.target(request.target()));
        if (attempt.status() != 0) {
            to.put(STATUS, (long) attempt.status());
        }
        String error = attempt.error();
        put(to, ERROR, error == null && attempt.status() >= 400 ? "" + attempt.status() : error);
        if (attempt.resends() > 0) {
            to.put(RESEND_COUNT, (long) attempt.resends());
        }
        own(span, to);
        return to.build();
    }

    private static void method(Request request, AttributesBuilder to) {
        if (METHODS.contains(request.method())) {
            to.put(METHOD, request.method());
        } else {
            to.put(METHOD, "_OTHER");
            put(to, METHOD_ORIGINAL, request.method());
        }
    }

    private static void host(Request request, AttributesBuilder to) {
        String authority = request.authority();
        int colon = authority.lastIndexOf(':');
        boolean hasPort = colon > authority.lastIndexOf(']');
        put(to, SERVER, hasPort ? authority.substring(0, colon) : authority);
        String port = hasPort ? authority.substring(colon + 1) : "";
        if (port.matches("\\d{1,5}")) {
            to.put(SERVER_PORT, Long.parseLong(port));
        } else {
            to.put(SERVER_PORT, request.secure() ? 443L : 80L);
        }
    }

    private static void own(RequestSpan span, AttributesBuilder to) {
        if (span.route() != null) {
            String name = span.route().source().namespace() + "/" + span.route().source().name();
            to.put(INGRESS, name);
        }
        if (span.service() != null) {
            to.put(SERVICE, span.service().toString());
        }
    }

    private static void put(
            AttributesBuilder to, AttributeKey<String> key, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            to.put(key, value);
        }
    }
}
