package dev.penstock.proxy.observe;

import dev.penstock.model.http.RouteId;
import dev.penstock.model.service.ServicePortRef;
import dev.penstock.proxy.flight.RequestEvent;
import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.trace.RequestSpan;
import dev.penstock.proxy.trace.RequestTrace;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is written down of one exchange: filled while it goes on, read when it has ended, then
 * {@link #clear() cleared} and used again. Owned by the exchange, on its event loop.
 */
public final class ExchangeRecord {

    /** {@link #upstreamNanos()} of an exchange to which no endpoint answered. */
    public static final long NONE = -1;

    private static final int INITIAL_BYTES = 512;
    private static final int ADDRESS_BYTES = 40;

    /** What clients send may be long; what is written down of it may not. */
    private static final int TEXT_BYTES_MAX = 8 * 1024;

    private byte[] bytes = new byte[INITIAL_BYTES];
    private int end;
    private final Text method = new Text();
    private final Text host = new Text();
    private final Text target = new Text();
    private final Text userAgent = new Text();
    private final Text referer = new Text();
    private final Text requestId = new Text();

    private RequestMethod knownMethod = RequestMethod.OTHER;
    private String protocol = "";
    private boolean secure;
    private boolean clientKnown;

    /**
     * Whose text {@link #clientText} holds; kept over exchanges, which often have the same client.
     */
    private @Nullable InetAddress client;

    private final LineBuffer clientText = new LineBuffer(ADDRESS_BYTES);
    private long startNanos;
    private long startMillis;
    private long endNanos;
    private int status;
    private long bytesIn;
    private long bytesOut;
    private @Nullable RouteId route;
    private @Nullable ServicePortRef service;
    private @Nullable String upstream;
    private long sentNanos;
    private long upstreamNanos = NONE;
    private int retries;
    private @Nullable String error;
    private @Nullable RequestTrace trace;
    private @Nullable RequestEvent event;
    private long routedNanos;

    /** A range of this record's bytes. */
    static final class Text {
        private int start;
        private int length;

        int start() {
            return start;
        }

        int length() {
            return length;
        }
    }

    /** Forgets everything; keeps its memory. */
    public void clear() {
        end = 0;
        method.length = 0;
        host.length = 0;
        target.length = 0;
        userAgent.length = 0;
        referer.length = 0;
        requestId.length = 0;
        knownMethod = RequestMethod.OTHER;
        protocol = "";
        secure = false;
        clientKnown = false;
        startNanos = 0;
        startMillis = 0;
        endNanos = 0;
        status = 0;
        bytesIn = 0;
        bytesOut = 0;
        route = null;
        service = null;
        upstream = null;
        sentNanos = 0;
        upstreamNanos = NONE;
        retries = 0;
        error = null;
        trace = null;
        event = null;
        routedNanos = 0;
    }

    // ---- filled by the exchange

    /**
     * The exchange begins.
     *
     * @param nanos by {@link System#nanoTime}
     * @param epochMillis by {@link System#currentTimeMillis}
     */
    public void started(long nanos, long epochMillis) {
        startNanos = nanos;
        endNanos = nanos;
        startMillis = epochMillis;
    }

    /**
     * Copies what is of interest of the request: method, authority, path as it came, user agent and
     * referer.
     */
    public void request(MessageHead head) {
        knownMethod = RequestMethod.of(head);
        byte[] source = head.bytes();
        copy(method, source, head.methodStart(), head.methodLength());
        copy(host, source, head.authorityStart(), head.authorityLength());
        copy(target, source, head.pathStart(), head.pathLength());
        field(userAgent, head, HeaderName.USER_AGENT);
        field(referer, head, HeaderName.REFERER);
    }

    private void field(Text to, MessageHead head, HeaderName name) {
        int field = head.find(name, 0);
        if (field >= 0) {
            copy(to, head.bytes(), head.valueStart(field), head.valueLength(field));
        }
    }

    /**
     * Who asks, and how.
     *
     * @param version a constant: {@code HTTP/1.0}, {@code HTTP/1.1} or {@code HTTP/2.0}
     */
    public void connection(InetAddress clientAddress, String version, boolean tls) {
        if (!clientAddress.equals(client)) {
            clientText.clear();
            AddressText.put(clientText, clientAddress);
            client = clientAddress;
        }
        clientKnown = true;
        protocol = version;
        secure = tls;
    }

    /** The request's id, as it goes to the endpoint. */
    public void requestId(byte[] source, int start, int length) {
        copy(requestId, source, start, length);
    }

    /** The trace that the request belongs to; null for none. */
    public void trace(@Nullable RequestTrace value) {
        trace = value;
    }

    /** What a flight recording gets of the exchange; null for nothing. */
    public void event(@Nullable RequestEvent value) {
        event = value;
    }

    /** The request has found its route, or none. Matters to a flight recording only. */
    public void routed() {
        if (event != null) {
            routedNanos = System.nanoTime();
        }
    }

    /** The route that took the request. */
    public void route(RouteId id, @Nullable ServicePortRef servicePort) {
        route = id;
        service = servicePort;
    }

    /**
     * The endpoint the request was last sent to.
     *
     * @param authority its address and port, made once for each endpoint
     */
    public void upstream(String authority) {
        upstream = authority;
    }

    /**
     * The request's head goes to an endpoint.
     *
     * @param nanos by {@link System#nanoTime}
     */
    public void sent(long nanos) {
        sentNanos = nanos;
    }

    /**
     * The answer's head came from the endpoint it was last sent to.
     *
     * @param nanos by {@link System#nanoTime}
     */
    public void answered(long nanos) {
        upstreamNanos = nanos - sentNanos;
    }

    /** The request is sent once more. */
    public void retried() {
        retries++;
    }

    /** The status that was sent; 0 where none was. */
    public void status(int value) {
        status = value;
    }

    /** Bytes of the request's body that arrived. */
    public void addBytesIn(long count) {
        bytesIn += count;
    }

    /** Bytes of the answer's body that were sent. */
    public void addBytesOut(long count) {
        bytesOut += count;
    }

    /**
     * Why the exchange did not go as it should.
     *
     * @param name a constant
     */
    public void error(String name) {
        error = name;
    }

    /**
     * The exchange is over.
     *
     * @param nanos by {@link System#nanoTime}
     */
    public void ended(long nanos) {
        endNanos = nanos;
    }

    private void copy(Text to, byte[] source, int start, int length) {
        int kept = Math.min(length, TEXT_BYTES_MAX);
        if (end + kept > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(end + kept, bytes.length * 2));
        }
        System.arraycopy(source, start, bytes, end, kept);
        to.start = end;
        to.length = kept;
        end += kept;
    }

    // ---- read once it is over

    public int status() {
        return status;
    }

    public long durationNanos() {
        return endNanos - startNanos;
    }

    public long bytesIn() {
        return bytesIn;
    }

    public long bytesOut() {
        return bytesOut;
    }

    public int retries() {
        return retries;
    }

    public @Nullable String error() {
        return error;
    }

    /** {@link #NONE} where no endpoint answered. */
    public long upstreamNanos() {
        return upstreamNanos;
    }

    /** When the exchange began, by {@link System#nanoTime}. */
    public long startNanos() {
        return startNanos;
    }

    /** Null where the request is not traced. */
    public @Nullable RequestTrace trace() {
        return trace;
    }

    /** Ends the trace, where there is one; what it needs is copied. */
    public void endTrace() {
        RequestTrace current = trace;
        if (current == null || !current.isSampled()) {
            return;
        }
        current.attemptEnded(startNanos, endNanos, error);
        current.ended(
                new RequestSpan(
                        current.identity(startNanos),
                        new RequestSpan.Request(
                                text(method),
                                secure,
                                text(host),
                                text(target),
                                protocol,
                                text(userAgent),
                                clientKnown ? clientText.toString() : "",
                                text(requestId)),
                        route,
                        current.path(),
                        service,
                        status,
                        error,
                        bytesIn,
                        bytesOut,
                        durationNanos(),
                        current.attempts()));
    }

    /** Commits what a flight recording gets, where it gets anything. */
    public void commitEvent() {
        RequestEvent made = event;
        if (made == null) {
            return;
        }
        made.end();
        if (made.shouldCommit()) {
            fill(made);
            made.commit();
        }
    }

    private void fill(RequestEvent made) {
        made.method = text(method);
        made.host = text(host);
        made.path = text(target);
        made.status = status;
        made.error = error;
        made.ingress =
                route == null ? null : route.source().namespace() + "/" + route.source().name();
        made.service = service == null ? null : service.toString();
        made.endpoint = upstream;
        made.retries = retries;
        made.bytesIn = bytesIn;
        made.bytesOut = bytesOut;
        made.routing = routedNanos - startNanos;
        made.connect = sentNanos == 0 ? 0 : sentNanos - routedNanos;
        made.firstByte = Math.max(0, upstreamNanos);
        made.body = upstreamNanos == NONE ? 0 : endNanos - sentNanos - upstreamNanos;
        made.requestId = text(requestId);
        made.traceId = trace == null ? null : trace.traceId();
    }

    private String text(Text range) {
        return new String(bytes, range.start, range.length, StandardCharsets.ISO_8859_1);
    }

    RequestMethod knownMethod() {
        return knownMethod;
    }

    /** What the texts are ranges of. */
    byte[] bytes() {
        return bytes;
    }

    Text method() {
        return method;
    }

    Text host() {
        return host;
    }

    Text target() {
        return target;
    }

    Text userAgent() {
        return userAgent;
    }

    Text referer() {
        return referer;
    }

    Text requestId() {
        return requestId;
    }

    String protocol() {
        return protocol;
    }

    boolean secure() {
        return secure;
    }

    /** The client's address as text, or null. */
    @Nullable LineBuffer client() {
        return clientKnown ? clientText : null;
    }

    long startMillis() {
        return startMillis;
    }

    @Nullable RouteId route() {
        return route;
    }

    @Nullable ServicePortRef service() {
        return service;
    }

    @Nullable String upstream() {
        return upstream;
    }
}
