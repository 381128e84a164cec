package dev.penstock.proxy.exchange;

import dev.penstock.l4.Availability;
import dev.penstock.proxy.address.CidrSet;
import dev.penstock.proxy.loop.ProxyLoop;
import dev.penstock.proxy.loop.TimeoutWheel;
import dev.penstock.proxy.message.AsciiBytes;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.observe.ExchangeRecord;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.MessageReceiver;
import dev.penstock.proxy.stream.RequestHandler;
import dev.penstock.proxy.stream.ServerStream;
import dev.penstock.proxy.upstream.LoopCluster;
import dev.penstock.proxy.upstream.UpstreamCluster;
import dev.penstock.proxy.upstream.UpstreamLoop;
import dev.penstock.routing.RequestPath;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Begins the exchanges of one event loop and holds what they share. */
public final class ExchangeHandler implements RequestHandler {

    private static final byte[] WEBSOCKET = "websocket".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ACME_PREFIX =
            "/.well-known/acme-challenge/".getBytes(StandardCharsets.US_ASCII);
    private static final int POOLED_HEADS_MAX = 256;

    /** A head that grew beyond is not kept for the next exchange. */
    private static final int POOLED_HEAD_BYTES_MAX = 16 * 1024;

    private final ExchangeSettings settings;
    private final ActiveConfigHolder config;
    private final UpstreamLoop upstream;
    private final TimeoutWheel timeouts;
    private final RoutedRequest routed = new RoutedRequest();
    private final ExchangeObserver observer;
    private final ForwardedHeaders forwarded;
    private final Answers answers;
    private final Deque<MessageHead> heads = new ArrayDeque<>();
    private int httpsPort;
    private boolean draining;

    public ExchangeHandler(
            ProxyLoop loop,
            ExchangeSettings settings,
            ActiveConfigHolder config,
            UpstreamLoop upstream,
            ExchangeObserver observer,
            CidrSet trustedProxies,
            ByteBufAllocator allocator) {
        this.settings = settings;
        this.httpsPort = settings.httpsPort();
        this.config = config;
        this.upstream = upstream;
        this.observer = observer;
        this.timeouts = loop.timeouts();
        this.forwarded = new ForwardedHeaders(trustedProxies, new SplittableRandom());
        this.answers = new Answers(allocator);
    }

    /** Sets where HTTPS is, unless the settings say so. */
    public void httpsPort(int bound) {
        if (settings.httpsPort() == 0) {
            httpsPort = bound;
        }
    }

    /** From now on every connection is asked to end after its next answer. */
    public void beginDrain() {
        draining = true;
    }

    @Override
    public MessageReceiver onRequest(ServerStream client, MessageHead head, boolean end) {
        if (draining) {
            client.closeAfterResponse();
        }
        forwarded.requestId(head);
        ExchangeRecord observed = observer.begin(client, head);
        if (head.methodIs(Methods.CONNECT)) {
            return answer(client, head, ProxyError.METHOD_NOT_ALLOWED, observed, null);
        }
        if (routed.read(head) != RequestPath.Verdict.OK) {
            return answer(client, head, ProxyError.BAD_TARGET, observed, null);
        }
        CompiledRoute route = config.current().routes().match(routed);
        if (route == null) {
            return answer(client, head, ProxyError.NO_ROUTE, observed, null);
        }
        observer.routed(observed, head, route);
        if (route.redirectsToHttps()
                && !forwarded.isSecure(head, client.connection())
                && !isAcmeChallenge()) {
            answers.redirect(client, head, httpsLocation(head), observed);
            observer.end(observed, route.metrics());
            return Discard.INSTANCE;
        }
        UpstreamCluster cluster = route.cluster();
        if (cluster == null) {
            answers.status(client, head, route.respondStatus(), observed);
            observer.end(observed, route.metrics());
            return Discard.INSTANCE;
        }
        LoopCluster mine = upstream.cluster(cluster);
        Availability availability = mine.availability();
        if (availability != Availability.AVAILABLE) {
            return answer(client, head, ProxyError.of(availability), observed, route);
        }
        if (head.bodyLength() > route.bodySizeMax()) {
            return answer(client, head, ProxyError.BODY_TOO_LARGE, observed, route);
        }
        Exchange exchange = new Exchange(this, client, route, mine, observed);
        prepare(head, end, route, client.connection());
        exchange.start(head, end, forwarded.client(head, client.connection()));
        return exchange;
    }

    /** Makes the head what the endpoint is to see. */
    private void prepare(
            MessageHead head, boolean end, CompiledRoute route, ConnectionInfo connection) {
        if (head.hasUpgrade() && !upgradeAllowed(head, end, route)) {
            // A server may ignore the wish to upgrade (RFC 9110 section 7.8), and so do we.
            head.upgrade(0, 0);
        }
        forwarded.apply(head, connection, routed.authorityPortStart());
        // The scheme is that of the connection it is sent on (RFC 9113 section 8.3.1).
        head.secure(route.tls());
        RequestPath path = routed.path();
        if (path.changed()) {
            int start = head.append(path.bytes(), 0, path.forwardLength());
            head.path(start, path.forwardLength());
        }
    }

    private MessageReceiver answer(
            ServerStream client,
            MessageHead head,
            ProxyError error,
            ExchangeRecord observed,
            @Nullable CompiledRoute route) {
        if (route == null) {
            observer.routed(observed, head, null);
        }
        answers.error(client, head, error, observed);
        observer.end(observed, route == null ? observer.unrouted() : route.metrics());
        return Discard.INSTANCE;
    }

    /**
     * Upgrades are for WebSocket (RFC 6455 section 4.1): GET without a body. Others only where the
     * route allows them, and never in HTTP/2, which has none.
     */
    private static boolean upgradeAllowed(MessageHead head, boolean end, CompiledRoute route) {
        if (route.http2() || !end || !head.methodIs(Methods.GET)) {
            return false;
        }
        return route.anyUpgrade()
                || AsciiBytes.equalsIgnoreCase(
                        head.bytes(), head.upgradeStart(), head.upgradeLength(), WEBSOCKET);
    }

    private boolean isAcmeChallenge() {
        return routed.pathLength() > ACME_PREFIX.length
                && AsciiBytes.equals(routed.pathBytes(), 0, ACME_PREFIX.length, ACME_PREFIX);
    }

    /**
     * The same place by HTTPS. A client that names a port came to us directly, so it is told the
     * port of ours; one that names none is taken to find HTTPS at its standard port.
     */
    private String httpsLocation(MessageHead head) {
        StringBuilder location = new StringBuilder("https://");
        int portStart = routed.authorityPortStart();
        int authorityEnd = head.authorityStart() + head.authorityLength();
        String host =
                new String(routed.hostBytes(), 0, routed.hostLength(), StandardCharsets.ISO_8859_1);
        location.append(host);
        boolean namesPort = portStart < authorityEnd && !portIs80(head, portStart, authorityEnd);
        if (namesPort && httpsPort != 0 && httpsPort != 443) {
            location.append(':').append(httpsPort);
        }
        return location.append(head.path()).toString();
    }

    private static boolean portIs80(MessageHead head, int start, int end) {
        return end - start == 2 && head.bytes()[start] == '8' && head.bytes()[start + 1] == '0';
    }

    @Override
    public void onRefused(ConnectionInfo connection, int status, String reason) {
        observer.refused(connection, status, reason);
    }

    // ---- for exchanges

    ExchangeSettings settings() {
        return settings;
    }

    TimeoutWheel timeouts() {
        return timeouts;
    }

    ExchangeObserver observer() {
        return observer;
    }

    Answers answers() {
        return answers;
    }

    MessageHead takeHead() {
        MessageHead pooled = heads.pollLast();
        return pooled == null ? new MessageHead() : pooled;
    }

    void releaseHead(MessageHead head) {
        if (heads.size() < POOLED_HEADS_MAX && head.bytes().length <= POOLED_HEAD_BYTES_MAX) {
            heads.addLast(head);
        }
    }
}
