package dev.penstock.proxy.exchange;

import dev.penstock.l4.LiveEndpoint;
import dev.penstock.proxy.loop.Timeout;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.observe.ExchangeRecord;
import dev.penstock.proxy.stream.ClientConnection;
import dev.penstock.proxy.stream.ClientStream;
import dev.penstock.proxy.stream.MessageReceiver;
import dev.penstock.proxy.stream.ServerStream;
import dev.penstock.proxy.stream.StreamError;
import dev.penstock.proxy.trace.RequestTrace;
import dev.penstock.proxy.upstream.ConnectFailure;
import dev.penstock.proxy.upstream.ConnectionWaiter;
import dev.penstock.proxy.upstream.EndpointPool;
import dev.penstock.proxy.upstream.LoopCluster;
import dev.penstock.proxy.upstream.Reuse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that is forwarded, from its head to the last byte of its answer. Receives the client's
 * side; {@link Attempt} receives the endpoint's. Is its own timeout. Owned by one event loop.
 *
 * <p>One is made for each request, and most of what a request leaves behind is this: what {@link
 * ExchangeRecord}, which is used again, can hold is not held here.
 */
final class Exchange extends Timeout implements MessageReceiver, ConnectionWaiter {

    private final ExchangeHandler handler;
    private final ServerStream client;
    private final CompiledRoute route;
    private final LoopCluster cluster;
    // What goes upstream; back in the handler's hands when the exchange is over.
    private final MessageHead head;
    private final ExchangeRecord observed;
    private InetAddress clientAddress = InetAddress.getLoopbackAddress();

    private boolean idempotent;
    private boolean requestEnded;
    private boolean responseEnded;
    private boolean tunnel;
    private boolean answered;
    private boolean over;
    private @Nullable BodyBuffer body;
    private @Nullable MessageHead heldTrailers;

    // At most one of the two is set: the request waits for a connection, or it has one.
    private @Nullable EndpointPool waitingFor;
    private @Nullable Attempt attempt;
    private List<LiveEndpoint> tried = List.of();
    private byte tries;
    // Which connections will do for this request at all.
    private Reuse reuse = Reuse.ANY;
    private @Nullable ProxyError lastError;

    /**
     * @param observed what is written down; given back to the observer at the end
     */
    Exchange(
            ExchangeHandler handler,
            ServerStream client,
            CompiledRoute route,
            LoopCluster cluster,
            ExchangeRecord observed) {
        this.handler = handler;
        this.client = client;
        this.route = route;
        this.cluster = cluster;
        this.head = handler.takeHead();
        this.observed = observed;
    }

    /**
     * Sends the request on its way.
     *
     * @param request the head as the endpoint is to see it
     * @param address the client's address, for the choice of the endpoint
     */
    void start(MessageHead request, boolean end, InetAddress address) {
        clientAddress = address;
        head.copyFrom(request);
        requestEnded = end;
        idempotent = Methods.isIdempotent(head);
        touch();
        if (head.hasUpgrade()) {
            reuse = Reuse.NONE;
        } else if (!idempotent && !route.http2()) {
            reuse = Reuse.JUST_USED;
        }
        tryNext();
    }

    // ---- finding a connection

    private void tryNext() {
        EndpointPool pool = cluster.pick(clientAddress, tried);
        if (pool == null) {
            fail(lastError == null ? ProxyError.of(cluster.availability()) : lastError);
        } else {
            tryOn(pool, reuse);
        }
    }

    private void tryOn(EndpointPool pool, Reuse wanted) {
        if (++tries > 1) {
            observed.retried();
        }
        waitingFor = pool;
        RequestTrace trace = observed.trace();
        if (trace != null) {
            trace.attemptStarted(pool.endpoint().address(), route.tls());
        }
        pool.acquire(this, wanted, route.connectTimeoutMillis());
    }

    @Override
    public void onConnection(ClientConnection connection) {
        EndpointPool pool = waitingFor;
        if (pool == null || over) {
            return;
        }
        waitingFor = null;
        Attempt current = new Attempt(this, pool, connection.openedStreams() > 0);
        attempt = current;
        cluster.started(pool);
        observed.upstream(pool.endpoint().authority());
        RequestTrace trace = observed.trace();
        if (trace != null) {
            trace.putParent(head);
        }
        observed.sent(System.nanoTime());
        boolean bare = requestEnded && body == null && heldTrailers == null;
        ClientStream stream = connection.open(head, bare, current);
        if (attempt != current) {
            return;
        }
        current.stream(stream);
        if (!bare) {
            sendHeld(stream);
        }
        stream.flush();
    }

    private void sendHeld(ClientStream stream) {
        BodyBuffer held = body;
        if (held != null) {
            held.sendTo(stream);
            if (held.bytes() > handler.settings().replayBytesMax() || !mayRepeat()) {
                held.drop();
            }
        }
        if (requestEnded) {
            endRequest(stream);
        } else if (stream.isWritable()) {
            client.resumeReading();
        }
    }

    private void endRequest(ClientStream stream) {
        MessageHead trailers = heldTrailers;
        if (trailers == null) {
            stream.sendData(Unpooled.EMPTY_BUFFER, true);
        } else {
            stream.sendTrailers(trailers);
        }
    }

    @Override
    public void onConnectFailed(ConnectFailure failure) {
        EndpointPool pool = waitingFor;
        if (pool == null || over) {
            return;
        }
        waitingFor = null;
        lastError = ProxyError.of(failure);
        attemptEnded(lastError);
        if (failure == ConnectFailure.OVERLOADED) {
            fail(ProxyError.OVERLOADED);
            return;
        }
        cluster.connectFailed();
        avoid(pool);
        if (tries < handler.settings().triesMax()) {
            tryNext();
        } else {
            fail(lastError);
        }
    }

    private void attemptEnded(ProxyError error) {
        RequestTrace trace = observed.trace();
        if (trace != null) {
            trace.attemptEnded(observed.startNanos(), System.nanoTime(), error.label());
        }
    }

    private void avoid(EndpointPool pool) {
        if (tried.isEmpty()) {
            tried = new ArrayList<>(handler.settings().triesMax());
        }
        tried.add(pool.endpoint());
    }

    // ---- what the client sends

    @Override
    public void onData(ByteBuf data) {
        if (over) {
            data.release();
            return;
        }
        touch();
        observed.addBytesIn(data.readableBytes());
        if (observed.bytesIn() > route.bodySizeMax() && !tunnel) {
            data.release();
            fail(ProxyError.BODY_TOO_LARGE);
            return;
        }
        Attempt current = attempt;
        ClientStream stream = current == null ? null : current.stream();
        if (current == null || stream == null) {
            hold(data);
            client.pauseReading();
            return;
        }
        keepForRepeat(data);
        stream.sendData(data, false);
        stream.flush();
        if (!stream.isWritable()) {
            client.pauseReading();
        }
    }

    private void hold(ByteBuf data) {
        BodyBuffer held = body;
        if (held == null) {
            held = new BodyBuffer();
            body = held;
        }
        held.add(data);
    }

    private void keepForRepeat(ByteBuf data) {
        if (answered || !mayRepeat()) {
            return;
        }
        BodyBuffer held = body;
        if (held != null && !held.isComplete()) {
            return;
        }
        long kept = held == null ? 0 : held.bytes();
        if (observed.bytesIn() - data.readableBytes() != kept) {
            return;
        }
        if (kept + data.readableBytes() <= handler.settings().replayBytesMax()) {
            hold(data.retainedDuplicate());
        } else if (held == null) {
            body = BodyBuffer.incomplete();
        } else {
            held.drop();
        }
    }

    /** Whether losing the attempt could ever lead to another with the same body. */
    private boolean mayRepeat() {
        return !tunnel && (route.http2() || (idempotent && !head.hasUpgrade()));
    }

    @Override
    public void onTrailers(MessageHead trailers) {
        if (over) {
            return;
        }
        requestEnded = true;
        // Trailers of requests are for gRPC and its like; an HTTP/1.1 server may take one for a
        // field of the head (RFC 9110 section 6.5.1).
        if (route.http2()) {
            MessageHead held = handler.takeHead();
            held.copyFrom(trailers);
            held.removeFields(ForwardedHeaders.MANAGED);
            heldTrailers = held;
        }
        requestEnd();
    }

    @Override
    public void onEnd() {
        if (!over) {
            requestEnded = true;
            requestEnd();
        }
    }

    private void requestEnd() {
        touch();
        Attempt current = attempt;
        ClientStream stream = current == null ? null : current.stream();
        if (stream == null) {
            return;
        }
        endRequest(stream);
        stream.flush();
        if (tunnel && responseEnded) {
            finish();
        }
    }

    /** The client is gone or has cancelled. */
    @Override
    public void onReset(StreamError error) {
        if (!over) {
            observed.error(ProxyError.CLIENT_GONE.label());
            if (!answered) {
                observed.status(ProxyError.CLIENT_GONE.status());
            }
            cancelUpstream();
            finish();
        }
    }

    @Override
    public void onWritable() {
        Attempt current = attempt;
        ClientStream stream = over || current == null ? null : current.stream();
        if (stream != null) {
            touch();
            stream.resumeReading();
        }
    }

    // ---- what the endpoint sends

    boolean isCurrent(Attempt candidate) {
        return attempt == candidate && !over;
    }

    void interim(Attempt current, MessageHead interim) {
        if (current.countInterim() > handler.settings().interimMax()) {
            current.reset(StreamError.PROTOCOL);
            fail(ProxyError.UPSTREAM_PROTOCOL);
            return;
        }
        touch();
        client.sendInterim(interim);
        client.flush();
    }

    void responseHead(MessageHead response, boolean end) {
        answered = true;
        observed.status(response.status());
        observed.answered(System.nanoTime());
        RequestTrace trace = observed.trace();
        if (trace != null) {
            trace.attemptAnswered(response.status());
        }
        dropBody();
        if (response.status() == 101) {
            tunnel = true;
            requestEnded = false;
            touch();
            client.sendUpgrade(response);
            client.flush();
            return;
        }
        touch();
        client.sendHead(response, end);
        client.flush();
        if (end) {
            answerEnded();
        }
    }

    void responseData(Attempt current, ByteBuf data) {
        touch();
        observed.addBytesOut(data.readableBytes());
        client.sendData(data, false);
        client.flush();
        ClientStream stream = current.stream();
        if (!over && stream != null && !client.isWritable()) {
            stream.pauseReading();
        }
    }

    void responseTrailers(MessageHead trailers) {
        client.sendTrailers(trailers);
        client.flush();
        answerEnded();
    }

    void responseEnd() {
        client.sendData(Unpooled.EMPTY_BUFFER, true);
        client.flush();
        answerEnded();
    }

    private void answerEnded() {
        if (over) {
            return;
        }
        responseEnded = true;
        if (tunnel && !requestEnded) {
            return;
        }
        if (!requestEnded) {
            // The endpoint has answered early and wants no more of the request.
            cancelUpstream();
        }
        finish();
    }

    void upstreamWritable() {
        touch();
        client.resumeReading();
    }

    /** The attempt ended before its answer was whole. */
    void attemptLost(Attempt lost, StreamError error) {
        attempt = null;
        cluster.finished(lost.pool());
        attemptEnded(errorOf(error));
        if (answered) {
            // The client must see that the answer is not whole.
            observed.error(errorOf(error).label());
            client.reset(StreamError.CONNECTION_LOST);
            finish();
        } else if (!repeat(lost, error)) {
            fail(errorOf(error));
        }
    }

    private static ProxyError errorOf(StreamError error) {
        return switch (error) {
            case PROTOCOL, TOO_LARGE -> ProxyError.UPSTREAM_PROTOCOL;
            case TIMEOUT -> ProxyError.RESPONSE_TIMEOUT;
            case CANCELLED, NOT_PROCESSED, CONNECTION_LOST -> ProxyError.UPSTREAM_LOST;
            case INTERNAL -> ProxyError.INTERNAL;
        };
    }

    /**
     * Sends the request again where that cannot do harm: the endpoint says that it did not process
     * it, or a connection was lost and the method is idempotent (RFC 9110 section 9.2.2).
     */
    private boolean repeat(Attempt lost, StreamError error) {
        BodyBuffer held = body;
        boolean wholeBody = held == null ? observed.bytesIn() == 0 : held.isComplete();
        if (tries >= handler.settings().triesMax() || !wholeBody || !mayRepeat()) {
            return false;
        }
        if (error == StreamError.NOT_PROCESSED && route.http2()) {
            avoid(lost.pool());
            EndpointPool other = cluster.pick(clientAddress, tried);
            tryOn(other == null ? lost.pool() : other, reuse);
            return true;
        }
        boolean gone = error == StreamError.NOT_PROCESSED || error == StreamError.CONNECTION_LOST;
        if (!gone || !idempotent) {
            return false;
        }
        if (lost.reused()) {
            // Most likely the endpoint had just closed an unused connection: it may well be fine.
            tryOn(lost.pool(), Reuse.NONE);
            return true;
        }
        avoid(lost.pool());
        EndpointPool other = cluster.pick(clientAddress, tried);
        if (other == null) {
            return false;
        }
        tryOn(other, reuse);
        return true;
    }

    // ---- time

    /** Something moved: starts the timeout anew. */
    private void touch() {
        boolean waitsForAnswer = requestEnded && !answered;
        handler.timeouts()
                .schedule(
                        this,
                        waitsForAnswer ? route.responseTimeoutMillis() : route.idleTimeoutMillis());
    }

    @Override
    protected void expired() {
        Attempt current = attempt;
        ClientStream stream = current == null ? null : current.stream();
        boolean clientStalls = !requestEnded && stream != null && stream.isWritable();
        cancelUpstream();
        if (answered) {
            observed.error(ProxyError.IDLE_TIMEOUT.label());
            client.reset(StreamError.TIMEOUT);
            finish();
        } else if (requestEnded) {
            fail(ProxyError.RESPONSE_TIMEOUT);
        } else {
            fail(clientStalls ? ProxyError.CLIENT_TIMEOUT : ProxyError.IDLE_TIMEOUT);
        }
    }

    // ---- the end

    private void cancelUpstream() {
        EndpointPool pool = waitingFor;
        if (pool != null) {
            waitingFor = null;
            pool.cancel(this);
        }
        Attempt current = attempt;
        if (current != null) {
            attempt = null;
            cluster.finished(current.pool());
            current.reset(StreamError.CANCELLED);
        }
    }

    /** Answers with an error, or, where an answer has begun, breaks it off. */
    private void fail(ProxyError error) {
        cancelUpstream();
        if (answered) {
            observed.error(error.label());
            client.reset(StreamError.INTERNAL);
        } else {
            handler.answers().error(client, head, error, observed);
        }
        finish();
    }

    private void finish() {
        if (over) {
            return;
        }
        over = true;
        cancel();
        Attempt current = attempt;
        if (current != null) {
            attempt = null;
            cluster.finished(current.pool());
        }
        dropBody();
        MessageHead trailers = heldTrailers;
        if (trailers != null) {
            heldTrailers = null;
            handler.releaseHead(trailers);
        }
        handler.releaseHead(head);
        handler.observer().end(observed, route.metrics());
    }

    private void dropBody() {
        BodyBuffer held = body;
        if (held != null) {
            held.drop();
        }
    }
}
