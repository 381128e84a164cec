package dev.penstock.proxy.trace;

import dev.penstock.model.http.RoutePolicy;
import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Begins and ends the traces of one event loop, which owns it. */
public final class LoopTracer {

    private final Tracing tracing;
    private final SpanRing ring;
    private final SplittableRandom random;
    private final TraceState states = new TraceState();
    private final byte[] parent = new byte[TraceParent.LENGTH];
    private final boolean everyRoute;
    private final boolean trustsIncoming;
    private final double ratio;
    private final long sampledBelow;

    LoopTracer(Tracing tracing, TracingSettings settings, SpanRing ring, long seed) {
        this.tracing = tracing;
        this.ring = ring;
        this.random = new SplittableRandom(seed);
        this.everyRoute = settings.everyRoute();
        this.trustsIncoming = settings.trustsIncoming();
        this.ratio = settings.sampleRatio();
        this.sampledBelow = (long) (ratio * Long.MAX_VALUE);
    }

    /**
     * Goes on with the trace of a request, or begins one, and makes the head say so.
     *
     * @param policy of the route; null where none takes the request
     * @param path of the route; null where none takes the request
     * @return null where the route is not traced
     */
    public @Nullable RequestTrace begin(
            MessageHead head, @Nullable RoutePolicy policy, @Nullable String path) {
        boolean wanted = policy == null ? everyRoute : policy.tracing().or(everyRoute);
        if (!wanted) {
            return null;
        }
        boolean trusted =
                policy == null ? trustsIncoming : policy.trustIncomingSpan().or(trustsIncoming);
        int field = trusted ? only(head) : -1;
        return field >= 0 ? goOn(head, field, path) : start(head, path);
    }

    /** The only {@code traceparent}, if it is valid, or -1. */
    private static int only(MessageHead head) {
        int field = head.find(HeaderName.TRACEPARENT, 0);
        if (field < 0 || head.find(HeaderName.TRACEPARENT, field + 1) >= 0) {
            return -1;
        }
        return TraceParent.isValid(head.bytes(), head.valueStart(field), head.valueLength(field))
                ? field
                : -1;
    }

    private RequestTrace goOn(MessageHead head, int field, @Nullable String path) {
        byte[] bytes = head.bytes();
        int start = head.valueStart(field);
        boolean sampled = TraceParent.isSampled(bytes, start);
        String state = "";
        if (head.has(HeaderName.TRACESTATE)) {
            if (!states.isValid(head)) {
                head.removeFields(HeaderName.TRACESTATE);
            } else if (sampled) {
                state = joined(head);
            }
        }
        RequestTrace trace =
                new RequestTrace(
                        this,
                        TraceParent.id(bytes, start + TraceParent.TRACE_ID),
                        TraceParent.id(bytes, start + TraceParent.TRACE_ID + 16),
                        TraceParent.id(bytes, start + TraceParent.SPAN_ID),
                        sampled,
                        state,
                        path);
        if (sampled) {
            put(head, trace);
        }
        // Else no span of ours is seen by anybody: the endpoint may as well have the client's.
        return trace;
    }

    private static String joined(MessageHead head) {
        StringBuilder joined = new StringBuilder();
        for (int i = head.find(HeaderName.TRACESTATE, 0);
                i >= 0;
                i = head.find(HeaderName.TRACESTATE, i + 1)) {
            if (!joined.isEmpty()) {
                joined.append(',');
            }
            joined.append(head.text(head.valueStart(i), head.valueLength(i)));
        }
        return joined.toString();
    }

    private RequestTrace start(MessageHead head, @Nullable String path) {
        long low = newId();
        // As OpenTelemetry's TraceIdRatioBased decides.
        boolean sampled = ratio == 1 || Math.abs(low) < sampledBelow;
        RequestTrace trace = new RequestTrace(this, random.nextLong(), low, 0, sampled, "", path);
        head.removeFields(HeaderName.TRACESTATE);
        put(head, trace);
        return trace;
    }

    /** Makes the request's span the parent of what comes next. */
    private void put(MessageHead head, RequestTrace trace) {
        head.removeFields(HeaderName.TRACEPARENT);
        TraceParent.put(parent, 0, trace.high(), trace.low(), trace.span(), trace.isSampled());
        head.addField(HeaderName.TRACEPARENT, parent, 0, parent.length);
    }

    /** An id that is not zero. */
    long newId() {
        long id = random.nextLong();
        while (id == 0) {
            id = random.nextLong();
        }
        return id;
    }

    void ended(RequestSpan span) {
        if (!ring.offer(span)) {
            tracing.dropped(span);
        } else {
            tracing.arrived(ring);
        }
    }
}
