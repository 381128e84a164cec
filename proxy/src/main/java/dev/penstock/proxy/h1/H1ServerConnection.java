package dev.penstock.proxy.h1;

import dev.penstock.proxy.loop.Timeout;
import dev.penstock.proxy.loop.TimeoutWheel;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.RequestHandler;
import dev.penstock.proxy.stream.ServerConnection;
import dev.penstock.proxy.stream.ServerLimits;
import dev.penstock.proxy.stream.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's HTTP/1.1 connection: the last handler of its channel's pipeline. One request is in
 * flight at a time; what a client sends ahead waits, within a bound. The socket is read on while an
 * answer is pending, so that a client that goes away is seen.
 */
public final class H1ServerConnection extends H1Connection implements ServerConnection {

    private static final Logger LOG = LoggerFactory.getLogger(H1ServerConnection.class);

    /** What a client may send ahead of the answer before the socket is left alone. */
    private static final int AHEAD_BYTES_MAX = 16 * 1024;

    /** How long a connection that has carried no request is kept when it is drained. */
    private static final long FIRST_REQUEST_MILLIS = 500;

    private enum Phase {
        /** Between requests, or in a head. */
        HEAD,
        /** The body of a request arrives. */
        BODY,
        /** The request is whole, the answer is not. */
        ANSWER,
        TUNNEL,
        /** Nothing more is understood; what comes is thrown away until the client closes. */
        LINGER
    }

    private final ServerLimits limits;
    private final ConnectionInfo info;
    private final RequestHandler handler;
    private final TimeoutWheel wheel;
    private final Timeout timeout =
            new Timeout() {
                @Override
                protected void expired() {
                    onTimeout();
                }
            };

    private Phase phase = Phase.HEAD;
    private @Nullable RequestHeadParser parser;
    private boolean headTimed;
    private @Nullable H1ServerStream stream;
    private long requests;
    private boolean closing;
    private boolean clientCloses;

    /**
     * @param wheel the event loop's
     */
    public H1ServerConnection(
            ServerLimits limits, ConnectionInfo info, RequestHandler handler, TimeoutWheel wheel) {
        super(limits.headBytesMax(), limits.fieldsMax());
        this.limits = limits;
        this.info = info;
        this.handler = handler;
        this.wheel = wheel;
    }

    @Override
    public void drain() {
        closing = true;
        if (phase == Phase.HEAD && (parser == null || !parser.requestBegun())) {
            if (requests == 0) {
                // Whoever has just connected has a first request on its way.
                wheel.schedule(timeout, FIRST_REQUEST_MILLIS);
            } else {
                context().close();
            }
        }
    }

    @Override
    public int activeStreams() {
        return stream == null ? 0 : 1;
    }

    ConnectionInfo info() {
        return info;
    }

    // ---- what arrives

    @Override
    void onActive() {
        wheel.schedule(timeout, limits.headTimeout().toMillis());
    }

    @Override
    boolean step(ByteBuf in) {
        return switch (phase) {
            case HEAD -> head(in);
            case BODY -> body(in);
            case ANSWER -> false;
            case TUNNEL -> {
                current().receiver().onData(take(in, in.readableBytes()));
                yield false;
            }
            case LINGER -> {
                in.skipBytes(in.readableBytes());
                yield false;
            }
        };
    }

    private boolean head(ByteBuf in) {
        RequestHeadParser head = parser;
        if (head == null) {
            head =
                    loop().requestParser(
                                    limits.headBytesMax(),
                                    limits.fieldsMax(),
                                    limits.targetBytesMax());
            parser = head;
            headTimed = false;
        }
        return switch (head.feed(in)) {
            case MORE -> {
                if (!headTimed && head.requestBegun()) {
                    headTimed = true;
                    wheel.schedule(timeout, limits.headTimeout().toMillis());
                }
                yield false;
            }
            case REFUSED -> {
                refuse(head.refusal());
                yield true;
            }
            case DONE -> {
                parser = null;
                try {
                    begin(head);
                } finally {
                    loop().release(head);
                }
                yield true;
            }
        };
    }

    private void begin(RequestHeadParser parsed) {
        MessageHead head = parsed.head;
        head.secure(info.secure());
        requests++;
        clientCloses = !parsed.persistent();
        closing |= clientCloses || requests >= limits.requestsMax();
        long length = head.bodyLength();
        boolean end = length == 0;
        if (end) {
            phase = Phase.ANSWER;
        } else {
            phase = Phase.BODY;
            if (length > 0) {
                body().beginLength(length);
            } else {
                body().beginChunks();
            }
        }
        H1ServerStream begun = new H1ServerStream(this, parsed, end);
        stream = begun;
        begun.receiver(handler.onRequest(begun, head, end));
    }

    private boolean body(ByteBuf in) {
        H1ServerStream to = current();
        return switch (body().next(in)) {
            case MORE -> false;
            case DATA -> {
                int length = body().take(in.readableBytes());
                boolean whole = body().isWhole();
                if (whole) {
                    phase = Phase.ANSWER;
                }
                to.onData(take(in, length), whole);
                yield true;
            }
            case END -> {
                phase = Phase.ANSWER;
                to.onEnd();
                yield true;
            }
            case TRAILERS -> {
                phase = Phase.ANSWER;
                MessageHead trailers = body().trailers();
                to.onTrailers(trailers);
                body().release();
                yield true;
            }
            case REFUSED -> {
                refuse(body().refusal());
                yield true;
            }
        };
    }

    private H1ServerStream current() {
        H1ServerStream current = stream;
        if (current == null) {
            throw new IllegalStateException("phase: " + phase + " (expected: one without stream)");
        }
        return current;
    }

    // ---- what the stream asks for

    /** The answer is whole. */
    void answered(H1ServerStream answered) {
        writer().end();
        flush();
        if (answered.requestEnded()) {
            ended(answered);
            return;
        }
        // The request's rest is still delivered for a while, so that the connection may go on and
        // the client can read the answer before it is closed under its hands.
        updateReading();
        whenSent(() -> {
            if (stream == answered) {
                wheel.schedule(timeout, limits.drainTimeout().toMillis());
            }
            if (closing) {
                shutdownOutput();
            }
        });
    }

    /** Flushes, and goes on when all has left; a client that takes none of it has its time too. */
    private void whenSent(Runnable then) {
        wheel.schedule(timeout, limits.keepAliveTimeout().toMillis());
        writer().flushAll()
                .addListener(_ -> {
                    if (!isInactive()) {
                        then.run();
                    }
                });
    }

    /** Both messages are whole. */
    void ended(H1ServerStream ended) {
        ended.over();
        stream = null;
        if (isInactive()) {
            return;
        }
        if (closing) {
            closeProperly();
            return;
        }
        phase = Phase.HEAD;
        wheel.schedule(timeout, limits.keepAliveTimeout().toMillis());
        process();
    }

    private void closeProperly() {
        holdBackForEnd();
        if (clientCloses && waitingBytes() == 0) {
            phase = Phase.LINGER;
            whenSent(() -> context().close());
        } else {
            linger();
        }
    }

    /** Sends what there is and its end, and waits a while for the client to close. */
    private void linger() {
        phase = Phase.LINGER;
        whenSent(() -> {
            wheel.schedule(timeout, limits.drainTimeout().toMillis());
            shutdownOutput();
        });
        updateReading();
    }

    boolean isClosing() {
        return closing;
    }

    void closeAfterResponse() {
        closing = true;
    }

    void beginTunnel() {
        phase = Phase.TUNNEL;
        clientCloses = true;
        allowHalfClosure();
        process();
    }

    void endTunnelOutput() {
        writer().flushAll().addListener(_ -> shutdownOutput());
    }

    /** The stream was given up: the client must see that. */
    void giveUp() {
        stream = null;
        phase = Phase.LINGER;
        abort();
    }

    private void refuse(Refusal refusal) {
        releaseParser();
        H1ServerStream refused = stream;
        stream = null;
        closing = true;
        handler.onRefused(info, refusal.status(), refusal.reason());
        if (refused == null || !refused.headSent()) {
            writer().refusal(refusal.status(), loop().dateLine());
            linger();
        } else if (refused.answered()) {
            linger();
        } else {
            phase = Phase.LINGER;
            abort();
        }
        if (refused != null) {
            refused.lost(StreamError.PROTOCOL);
        }
    }

    // ---- events

    private void onTimeout() {
        if (isInactive()) {
            return;
        }
        switch (phase) {
            case HEAD -> {
                if (parser != null && parser.requestBegun()) {
                    refuse(Refusal.HEAD_TIMEOUT);
                } else {
                    context().close();
                }
            }
            case BODY -> {
                H1ServerStream late = current();
                if (late.answered()) {
                    stream = null;
                    phase = Phase.LINGER;
                    context().close();
                    late.lost(StreamError.TIMEOUT);
                }
            }
            case LINGER -> context().close();
            case ANSWER, TUNNEL -> {
                // Their time is the exchange's matter.
            }
        }
    }

    @Override
    void onWritable() {
        if (stream != null) {
            stream.onWritable();
        }
    }

    @Override
    void onInactive() {
        timeout.cancel();
        releaseParser();
        H1ServerStream lost = stream;
        if (lost != null) {
            stream = null;
            phase = Phase.LINGER;
            lost.lost(StreamError.CANCELLED);
        }
    }

    private void releaseParser() {
        if (parser != null) {
            loop().release(parser);
            parser = null;
        }
    }

    @Override
    boolean wantsToRead() {
        return switch (phase) {
            case HEAD, LINGER -> true;
            case BODY -> !current().paused() || current().answered();
            case ANSWER -> waitingBytes() < AHEAD_BYTES_MAX;
            case TUNNEL -> !current().paused();
        };
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && phase == Phase.TUNNEL) {
            current().onEnd();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (isOfNetwork(cause)) {
            LOG.debug("connection of {} failed", info.peer(), cause);
        } else {
            LOG.warn("connection of {} is closed for a fault of our own", info.peer(), cause);
            H1ServerStream lost = stream;
            if (lost != null) {
                giveUp();
                lost.lost(StreamError.INTERNAL);
            }
        }
        ctx.close();
    }
}
