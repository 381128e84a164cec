package dev.penstock.proxy.h1;

import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ClientConnection;
import dev.penstock.proxy.stream.ClientStream;
import dev.penstock.proxy.stream.ResponseReceiver;
import dev.penstock.proxy.stream.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.1 connection to an endpoint: the last handler of its channel's pipeline. It carries one
 * request at a time and is used again only when request and answer both ended as they should.
 */
public final class H1ClientConnection extends H1Connection implements ClientConnection {

    private static final Logger LOG = LoggerFactory.getLogger(H1ClientConnection.class);

    /** Bytes of a response's head or trailers; larger ones are a breach of the protocol. */
    private static final int HEAD_BYTES_MAX = 64 * 1024;

    private static final int FIELDS_MAX = 256;
    private static final int INTERIM_MAX = 100;

    private enum Phase {
        IDLE,
        HEAD,
        BODY,
        /** The answer is whole, the request is not. */
        REQUEST,
        TUNNEL,
        CLOSED
    }

    private final Listener listener;
    private Phase phase = Phase.IDLE;
    private @Nullable ResponseHeadParser parser;
    private @Nullable H1ClientStream stream;
    private long opened;
    private boolean reusable = true;
    private boolean answerBegun;
    private int interims;
    private boolean failed;
    private boolean closeNotified;
    private boolean closedTold;

    /** To be added to a channel that is connected, behind TLS if there is any. */
    public H1ClientConnection(Listener listener) {
        super(HEAD_BYTES_MAX, FIELDS_MAX);
        this.listener = listener;
    }

    @Override
    public ClientStream open(MessageHead head, boolean end, ResponseReceiver receiver) {
        if (availableStreams() == 0) {
            throw new IllegalStateException("phase: " + phase + " (expected: IDLE)");
        }
        opened++;
        phase = Phase.HEAD;
        answerBegun = false;
        interims = 0;
        H1ClientStream begun = new H1ClientStream(this, head, end, receiver);
        stream = begun;
        writer().request(head, end);
        return begun;
    }

    @Override
    public int availableStreams() {
        return phase == Phase.IDLE && !isInactive() && context().channel().isActive() ? 1 : 0;
    }

    @Override
    public int activeStreams() {
        return stream == null ? 0 : 1;
    }

    @Override
    public long openedStreams() {
        return opened;
    }

    @Override
    public void close() {
        fail(StreamError.CONNECTION_LOST);
    }

    // ---- what arrives

    @Override
    @SuppressWarnings("deprecation") // there is nothing else that leaves reading to us
    void onActive() {
        // An endpoint that answers early and closes makes our writes fail before its answer is
        // read.
        context().channel().config().setOption(ChannelOption.AUTO_CLOSE, false);
    }

    @Override
    boolean step(ByteBuf in) {
        return switch (phase) {
            case IDLE -> {
                // Nobody asked for this, and nobody may get it for an answer.
                LOG.debug("bytes on an idle connection to {}", context().channel());
                in.skipBytes(in.readableBytes());
                fail(StreamError.PROTOCOL);
                yield false;
            }
            case HEAD -> head(in);
            case BODY -> body(in);
            case TUNNEL -> {
                current().receiver().onData(take(in, in.readableBytes()));
                yield false;
            }
            case REQUEST, CLOSED -> {
                reusable = false;
                in.skipBytes(in.readableBytes());
                yield false;
            }
        };
    }

    private boolean head(ByteBuf in) {
        answerBegun = true;
        ResponseHeadParser head = parser;
        if (head == null) {
            head = loop().responseParser(HEAD_BYTES_MAX, FIELDS_MAX);
            parser = head;
        }
        return switch (head.feed(in)) {
            case MORE -> false;
            case REFUSED -> {
                LOG.debug("refused {} of {}", head.refusal(), context().channel());
                fail(StreamError.PROTOCOL);
                yield false;
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

    private void begin(ResponseHeadParser parsed) {
        MessageHead head = parsed.head;
        H1ClientStream to = current();
        int status = head.status();
        if (status == 101) {
            if (!Upgrades.contains(to.upgrade(), head)) {
                fail(StreamError.PROTOCOL);
                return;
            }
            reusable = false;
            phase = Phase.TUNNEL;
            writer().tunnel();
            allowHalfClosure();
            to.onTunnel(head);
        } else if (status < 200) {
            if (++interims > INTERIM_MAX) {
                fail(StreamError.PROTOCOL);
                return;
            }
            to.receiver().onInterim(head);
        } else {
            reusable &= parsed.persistent();
            boolean end = beginBody(parsed, to.toHead());
            to.onHead(head, end);
        }
    }

    /** Returns whether there is none. */
    private boolean beginBody(ResponseHeadParser parsed, boolean toHead) {
        long length = parsed.contentLength();
        if (MessageWriter.isBodiless(parsed.head.status(), toHead) || length == 0) {
            phase = Phase.REQUEST;
            return true;
        }
        phase = Phase.BODY;
        if (parsed.chunked()) {
            body().beginChunks();
        } else if (length > 0) {
            body().beginLength(length);
        } else {
            reusable = false;
            body().beginUntilClose();
        }
        return false;
    }

    private boolean body(ByteBuf in) {
        H1ClientStream to = current();
        return switch (body().next(in)) {
            case MORE -> false;
            case DATA -> {
                int length = body().take(in.readableBytes());
                boolean whole = body().isWhole();
                if (whole) {
                    phase = Phase.REQUEST;
                }
                to.onData(take(in, length), whole);
                yield true;
            }
            case END -> {
                phase = Phase.REQUEST;
                to.onEnd();
                yield true;
            }
            case TRAILERS -> {
                phase = Phase.REQUEST;
                to.onTrailers(body().trailers());
                body().release();
                yield true;
            }
            case REFUSED -> {
                LOG.debug("refused {} of {}", body().refusal(), context().channel());
                fail(StreamError.PROTOCOL);
                yield false;
            }
        };
    }

    private H1ClientStream current() {
        H1ClientStream current = stream;
        if (current == null) {
            throw new IllegalStateException("phase: " + phase + " (expected: one without stream)");
        }
        return current;
    }

    // ---- what the stream asks for

    /** The answer ended before the request: the endpoint may not read the rest of it. */
    void answeredEarly() {
        reusable = false;
    }

    /** Both messages are whole. */
    void ended(H1ClientStream ended) {
        ended.over();
        stream = null;
        writer().end();
        if (!reusable || waitingBytes() > 0 || isInactive()) {
            closeNow();
            return;
        }
        phase = Phase.IDLE;
        updateReading();
        listener.onAvailable(this);
    }

    void endTunnelOutput() {
        writer().flushAll().addListener(_ -> shutdownOutput());
    }

    /** The stream was given up by who opened it. */
    void giveUp() {
        stream = null;
        closeNow();
    }

    private void closeNow() {
        phase = Phase.CLOSED;
        releaseParser();
        if (!isInactive()) {
            writer().flush();
            context().close();
        }
        tellClosed();
    }

    /** Closes the connection and tells who waits on it. */
    private void fail(StreamError error) {
        H1ClientStream lost = stream;
        stream = null;
        closeNow();
        if (lost != null) {
            lost.lost(error);
        }
    }

    private void tellClosed() {
        if (!closedTold) {
            closedTold = true;
            listener.onClosed(this);
        }
    }

    // ---- events

    @Override
    void onWritable() {
        if (stream != null) {
            stream.onWritable();
        }
    }

    @Override
    void onInactive() {
        H1ClientStream lost = stream;
        boolean wholeByClose =
                phase == Phase.BODY && body().endsWithConnection() && endedProperly();
        if (lost != null && wholeByClose) {
            phase = Phase.REQUEST;
            reusable = false;
            lost.onEnd();
        }
        fail(answerBegun || opened <= 1 ? StreamError.CONNECTION_LOST : StreamError.NOT_PROCESSED);
    }

    /** Whether the endpoint closed, rather than somebody in between (RFC 9112 section 9.8). */
    private boolean endedProperly() {
        return !failed && (closeNotified || context().pipeline().get(SslHandler.class) == null);
    }

    private void releaseParser() {
        if (parser != null) {
            loop().release(parser);
            parser = null;
        }
    }

    @Override
    boolean wantsToRead() {
        H1ClientStream reading = stream;
        return reading == null || !reading.paused() || phase == Phase.REQUEST;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && phase == Phase.TUNNEL) {
            current().onEnd();
        } else if (event instanceof SslCloseCompletionEvent close) {
            closeNotified = close.isSuccess();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failed = true;
        if (!isOfNetwork(cause)) {
            LOG.warn("connection {} is closed for a fault of our own", ctx.channel(), cause);
            fail(StreamError.INTERNAL);
            return;
        }
        LOG.debug("connection {} failed", ctx.channel(), cause);
        if (!(cause instanceof IOException) || cause instanceof SSLException) {
            ctx.close();
        }
        // Else a failed read closes the channel by itself, and after a failed write the answer that
        // made the endpoint close may still be there to be read.
    }
}
