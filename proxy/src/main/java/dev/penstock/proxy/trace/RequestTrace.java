package dev.penstock.proxy.trace;

import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The trace that a request belongs to, and, where it is recorded, the request's tries so far. Owned
 * by the exchange, on its event loop.
 */
public final class RequestTrace {

    private final LoopTracer tracer;
    private final long high;
    private final long low;
    private final long parent;
    private final long span;
    private final boolean sampled;
    private final String state;
    private final @Nullable String path;

    private List<AttemptSpan> attempts = List.of();
    private long attempt;
    private long attemptStart;
    private @Nullable InetSocketAddress endpoint;
    private boolean secure;
    private int attemptStatus;

    /**
     * @param parent the id of the client's span; 0 for none
     * @param path the route's path; null for none
     */
    RequestTrace(
            LoopTracer tracer,
            long high,
            long low,
            long parent,
            boolean sampled,
            String state,
            @Nullable String path) {
        this.tracer = tracer;
        this.high = high;
        this.low = low;
        this.parent = parent;
        this.span = tracer.newId();
        this.sampled = sampled;
        this.state = state;
        this.path = path;
    }

    /** The first half of the trace's id. */
    public long high() {
        return high;
    }

    /** The second half of the trace's id. */
    public long low() {
        return low;
    }

    /** The trace's id as it goes with requests. */
    public String traceId() {
        return TraceParent.text(high) + TraceParent.text(low);
    }

    /** The id of the request's span, as it goes with requests. */
    public String spanId() {
        return TraceParent.text(span);
    }

    /** The id of the request's span. */
    public long span() {
        return span;
    }

    /** Whether the trace is recorded. */
    public boolean isSampled() {
        return sampled;
    }

    /**
     * A try at an endpoint begins.
     *
     * @param tls whether the endpoint is spoken to in TLS
     */
    public void attemptStarted(InetSocketAddress address, boolean tls) {
        if (sampled) {
            attempt = tracer.newId();
            attemptStart = System.nanoTime();
            endpoint = address;
            secure = tls;
            attemptStatus = 0;
        }
    }

    /** Makes the current try the parent of what the endpoint does. */
    public void putParent(MessageHead head) {
        int field = sampled ? head.find(HeaderName.TRACEPARENT, 0) : -1;
        if (field >= 0) {
            TraceParent.putId(head.bytes(), head.valueStart(field) + TraceParent.SPAN_ID, attempt);
        }
    }

    /** The endpoint gave an answer. */
    public void attemptAnswered(int status) {
        attemptStatus = status;
    }

    /**
     * The current try, if there is one, is over.
     *
     * @param startNanos when the request began, by {@link System#nanoTime}
     * @param endNanos when the try ended, by the same clock
     * @param error why it did not go as it should; null where it did
     */
    public void attemptEnded(long startNanos, long endNanos, @Nullable String error) {
        InetSocketAddress address = endpoint;
        if (address == null) {
            return;
        }
        endpoint = null;
        if (attempts.isEmpty()) {
            attempts = new ArrayList<>(2);
        }
        attempts.add(
                new AttemptSpan(
                        attempt,
                        attemptStart - startNanos,
                        endNanos - startNanos,
                        address.getAddress().getHostAddress(),
                        address.getPort(),
                        secure,
                        attempts.size(),
                        attemptStatus,
                        error));
    }

    /** What belongs to the request's span and is known here. */
    public RequestSpan.Trace identity(long startNanos) {
        Instant now = Instant.now();
        long epochNanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        return new RequestSpan.Trace(
                high, low, span, parent, state, epochNanos - (System.nanoTime() - startNanos));
    }

    public @Nullable String path() {
        return path;
    }

    /** The tries that are over. */
    public List<AttemptSpan> attempts() {
        return attempts;
    }

    /** The request is over. */
    public void ended(RequestSpan finished) {
        tracer.ended(finished);
    }
}
