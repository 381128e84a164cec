package dev.penstock.proxy.h2;

import static dev.penstock.proxy.h2.FrameFormat.*;

import dev.penstock.proxy.loop.Timeout;
import dev.penstock.proxy.loop.TimeoutWheel;
import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.collection.IntObjectHashMap;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What both sides of an HTTP/2 connection have in common: frames, settings, windows, streams, and
 * how each of them ends. The last handler of its pipeline; expects that {@code channelReadComplete}
 * follows what is read.
 */
@SuppressWarnings("NullAway.Init") // the context and what hangs on it are set by handlerAdded
abstract sealed class H2Connection extends ChannelInboundHandlerAdapter implements FrameListener
        permits H2ServerConnection, H2ClientConnection {

    /** Our SETTINGS_HEADER_TABLE_SIZE, which is the default. */
    private static final int HEADER_TABLE_SIZE = 4096;

    /** How long the peer has to read why we close, before it may find the connection reset. */
    private static final long LINGER_MILLIS = 250;

    /** Bytes that wait for the socket from which on we read no more. */
    private static final int OUTBOUND_MAX = 256 * 1024;

    /** What a stalled stream has to send in time, so that a trickle of window does not hold it. */
    private static final int PROGRESS_MIN = 1024;

    /** Data are copied if what they were read into is more than so many times as large. */
    private static final int SLICE_SHARE = 4;

    /** A head whose array has grown beyond this is not kept for the next. */
    private static final int HEAD_BYTES_KEPT = 8 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(H2Connection.class);

    private final TimeoutWheel wheel;
    private final FloodGuard guard = new FloodGuard(System::nanoTime);
    private final HpackEncoder encoder = new HpackEncoder();
    private final HpackDecoder decoder = new HpackDecoder(HEADER_TABLE_SIZE);
    private final FrameParser parser;
    private final IntObjectHashMap<H2Stream> streams = new IntObjectHashMap<>();
    private final ClosedStreams closedStreams = new ClosedStreams();
    private final int streamWindow;
    private final int connectionWindow;
    private final boolean creditsAtOnce;
    private final long stalledMillis;
    private final Runnable flushTask = this::flushNow;

    private ChannelHandlerContext ctx;
    private FrameWriter writer;
    private SendScheduler sender;

    private MessageHead inbound = new MessageHead();
    private int receiveWindow = WINDOW_DEFAULT;
    private int unreturned;
    private boolean settingsAcked;
    private @Nullable H2Stream dataStream;
    private boolean dataEnds;
    private boolean dataSeen;
    private int wholeBefore;
    private boolean started;
    private boolean reading;
    private boolean flushScheduled;
    private boolean closed;

    private final Timeout stallTimeout =
            new Timeout() {
                @Override
                protected void expired() {
                    resetStalled();
                }
            };

    private final Timeout lingerTimeout =
            new Timeout() {
                @Override
                protected void expired() {
                    ctx.close();
                }
            };

    /**
     * @param blockBytesMax the most bytes of a header block that spans frames
     * @param streamWindow bytes a peer may send ahead on a stream
     * @param connectionWindow bytes a peer may send ahead on all streams
     * @param creditsAtOnce whether the connection's window is given back when data arrive; else
     *     when they are handed on
     * @param stalledMillis how long a stream may have data to send without sending any
     */
    H2Connection(
            TimeoutWheel wheel,
            int blockBytesMax,
            int streamWindow,
            int connectionWindow,
            boolean creditsAtOnce,
            long stalledMillis) {
        this.wheel = wheel;
        this.parser = new FrameParser(this, blockBytesMax);
        this.streamWindow = streamWindow;
        this.connectionWindow = connectionWindow;
        this.creditsAtOnce = creditsAtOnce;
        this.stalledMillis = stalledMillis;
    }

    // ---- what differs between the sides

    /** The connection is up: writes the preface, which holds {@link #settings}. */
    abstract void started(FrameWriter out);

    /** Takes what comes before the first frame; whether it is whole. */
    abstract boolean acceptPreface(ByteBuf in) throws ConnectionError;

    /** Whether a stream was never opened. */
    abstract boolean isIdle(int streamId);

    /** The last stream of the peer that we may have worked on, for GOAWAY. */
    abstract int lastPeerStreamId();

    /** Whether data may come on a stream now. */
    abstract boolean mayReceiveData(H2Stream stream);

    /** The peer reset a stream, which is closed now but was not told. */
    abstract void resetByPeer(H2Stream stream, int code) throws ConnectionError;

    /** A setting of one side only. */
    abstract void sideSetting(int id, long value) throws ConnectionError;

    /** The peer made us reset a stream. */
    abstract void faultOfPeer(String reason) throws ConnectionError;

    /** The peer broke the protocol, or we failed; the connection is being closed. */
    abstract void failed(String reason);

    /** How streams end when the connection is lost. */
    abstract StreamError lostError(H2Stream stream);

    /** A stream was closed. */
    abstract void streamClosed();

    /**
     * What was read last was worked on.
     *
     * @param awaitsRest whether a head or another small frame has begun and is not whole
     * @param progress whether it is another one than after the read before, or none
     */
    abstract void readComplete(boolean awaitsRest, boolean progress);

    /** The channel is closed; all streams are told. */
    abstract void connectionClosed();

    // ---- the channel

    @Override
    public final void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        writer = new FrameWriter(context);
        sender = new SendScheduler(context.channel(), writer, guard);
        if (context.channel().isActive()) {
            start();
        }
    }

    @Override
    public final void channelActive(ChannelHandlerContext context) {
        start();
    }

    private void start() {
        if (!started) {
            started = true;
            started(writer);
            requestFlush();
        }
    }

    /** Our SETTINGS and the connection's window. */
    final void settings(int... settings) {
        writer.settings(settings);
        if (connectionWindow > WINDOW_DEFAULT) {
            writer.windowUpdate(0, connectionWindow - WINDOW_DEFAULT);
            receiveWindow = connectionWindow;
        }
    }

    @Override
    public final void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        reading = true;
        try {
            if (!closed && acceptPreface(in)) {
                parser.parse(in);
            }
        } catch (ConnectionError e) {
            fail(e.code(), e.reason());
        } catch (RuntimeException e) {
            LOG.error("An exchange failed; its connection is closed", e);
            fail(ErrorCode.INTERNAL_ERROR, "internal");
        } finally {
            in.release();
        }
    }

    @Override
    public final void channelReadComplete(ChannelHandlerContext context) {
        reading = false;
        if (!closed) {
            int whole = parser.wholeFrames();
            readComplete(parser.awaitsRest(), whole != wholeBefore);
            wholeBefore = whole;
        }
        flushNow();
    }

    @Override
    public final void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            flushNow();
        }
    }

    @Override
    public final void channelInactive(ChannelHandlerContext context) {
        boolean known = closed;
        closed = true;
        parser.stop();
        writer.release();
        stallTimeout.cancel();
        lingerTimeout.cancel();
        if (!known) {
            endStreams();
        }
        connectionClosed();
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("A connection failed: {}", cause.toString());
        } else {
            LOG.warn("A connection failed", cause);
        }
        context.close();
    }

    /** Lets all that was written leave at the end of this read, or of this turn of the loop. */
    final void requestFlush() {
        if (!reading && !flushScheduled) {
            flushScheduled = true;
            ctx.channel().eventLoop().execute(flushTask);
        }
    }

    private void flushNow() {
        flushScheduled = false;
        if (!closed) {
            sender.pump();
        }
        writer.flush();
        Channel channel = ctx.channel();
        boolean autoRead = channel.config().isAutoRead();
        if (autoRead ? !channel.isWritable() : channel.isWritable()) {
            // A peer that does not read what it asks for gets no more until it does.
            ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
            channel.config()
                    .setAutoRead(
                            waiting == null || waiting.totalPendingWriteBytes() < OUTBOUND_MAX);
        }
    }

    /** Ends the connection with GOAWAY; all streams are told. */
    final void fail(int code, String reason) {
        if (closed) {
            return;
        }
        closed = true;
        parser.stop();
        writer.goAway(lastPeerStreamId(), code);
        writer.flush();
        wheel.schedule(lingerTimeout, LINGER_MILLIS);
        failed(reason);
        endStreams();
    }

    /** Closes the channel once all that was written has left. */
    final void closeGracefully() {
        if (closed) {
            return;
        }
        closed = true;
        parser.stop();
        writer.flush();
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        wheel.schedule(lingerTimeout, stalledMillis);
        endStreams();
    }

    final boolean isClosed() {
        return closed;
    }

    private void endStreams() {
        H2Stream[] open = streams.values().toArray(new H2Stream[0]);
        streams.clear();
        for (H2Stream stream : open) {
            stream.end(lostError(stream));
        }
    }

    // ---- streams

    final TimeoutWheel wheel() {
        return wheel;
    }

    final FloodGuard guard() {
        return guard;
    }

    final SendScheduler sender() {
        return sender;
    }

    final FrameWriter writer() {
        return writer;
    }

    final HpackEncoder encoder() {
        return encoder;
    }

    final int streamWindow() {
        return streamWindow;
    }

    /** The window a new stream begins with. Until the peer has our settings, theirs may hold. */
    final int initialReceiveWindow() {
        return settingsAcked ? streamWindow : Math.max(streamWindow, WINDOW_DEFAULT);
    }

    final int openStreams() {
        return streams.size();
    }

    final @Nullable H2Stream stream(int streamId) {
        return streams.get(streamId);
    }

    final void add(H2Stream stream) {
        streams.put(stream.id(), stream);
    }

    /** Forgets a stream; whether it was still open. */
    private boolean close(H2Stream stream, byte end) {
        if (streams.remove(stream.id()) == null) {
            return false;
        }
        closedStreams.add(stream.id(), end);
        return true;
    }

    /** The end of our message was written on a stream. */
    void localEnded(H2Stream stream) {
        if (stream.hasRemoteEnded()) {
            closeWhole(stream);
        }
    }

    /** The end of the peer's message has come on a stream. */
    final void remoteEnded(H2Stream stream) {
        if (stream.hasLocalEnded()) {
            closeWhole(stream);
        }
    }

    private void closeWhole(H2Stream stream) {
        if (stream.isEndTold()) {
            stream.end();
        }
        if (close(stream, ClosedStreams.ENDED)) {
            streamClosed();
        }
    }

    /** Resets a stream of which the receiver knows. */
    final void sendReset(H2Stream stream, int code) {
        stream.end();
        byte end = stream.hasRemoteEnded() ? ClosedStreams.ENDED : ClosedStreams.RESET_BY_US;
        if (close(stream, end)) {
            writer.rstStream(stream.id(), code);
            requestFlush();
            streamClosed();
        }
    }

    /** Resets a stream and tells the receiver. */
    final void resetStream(H2Stream stream, int code, StreamError error) {
        byte end = stream.hasRemoteEnded() ? ClosedStreams.ENDED : ClosedStreams.RESET_BY_US;
        boolean open = close(stream, end);
        if (open) {
            writer.rstStream(stream.id(), code);
            requestFlush();
        }
        stream.end(error);
        if (open) {
            streamClosed();
        }
    }

    /** A stream that never became one is refused or was answered at once. */
    final void forget(int streamId, boolean remoteEnded) {
        closedStreams.add(streamId, remoteEnded ? ClosedStreams.ENDED : ClosedStreams.RESET_BY_US);
    }

    /** Forgets a stream that the peer has said it did not work on. */
    final void drop(H2Stream stream, StreamError error) {
        if (close(stream, ClosedStreams.RESET_BY_PEER)) {
            stream.end(error);
            streamClosed();
        }
    }

    /** The streams that are open, to be changed while they are gone through. */
    final H2Stream[] openStreamsNow() {
        return streams.values().toArray(new H2Stream[0]);
    }

    /** Data wait to be sent. */
    final void dataQueued() {
        requestFlush();
        if (!stallTimeout.isScheduled()) {
            wheel.schedule(stallTimeout, stalledMillis / 4);
        }
    }

    private void resetStalled() {
        long now = System.nanoTime();
        long limit = TimeUnit.MILLISECONDS.toNanos(stalledMillis);
        boolean waiting = false;
        for (H2Stream stream : openStreamsNow()) {
            if (stream.isStalled(now, limit, PROGRESS_MIN)) {
                resetStream(stream, ErrorCode.CANCEL, StreamError.TIMEOUT);
            } else {
                waiting |= stream.hasQueuedData();
            }
        }
        if (waiting && !closed) {
            wheel.schedule(stallTimeout, stalledMillis / 4);
        }
    }

    // ---- heads

    /** The head that is decoded into next, empty. */
    final MessageHead inbound() {
        if (inbound.bytes().length > HEAD_BYTES_KEPT) {
            inbound = new MessageHead();
        } else {
            inbound.clear();
        }
        return inbound;
    }

    final void decode(byte[] block, int length, FieldSink sink) throws ConnectionError {
        decoder.decode(block, 0, length, sink);
        Scratch.local().trim();
    }

    /** Adds a head's fields to the block that is being encoded. */
    final void encodeFields(MessageHead head) {
        byte[] bytes = head.bytes();
        for (int i = 0; i < head.fieldCount(); i++) {
            HeaderName name = head.name(i);
            encoder.field(
                    name,
                    bytes,
                    head.nameStart(i),
                    head.nameLength(i),
                    head.valueStart(i),
                    head.valueLength(i));
        }
    }

    /** Writes the block that was encoded. */
    final void writeHeaders(int streamId, boolean end) {
        writer.headers(streamId, end, encoder.bytes(), encoder.length());
    }

    final void writeTrailers(int streamId, MessageHead trailers) {
        encoder.begin();
        encodeFields(trailers);
        writeHeaders(streamId, true);
    }

    /** A header block came for a stream that is closed. */
    final void headersOnClosed(int streamId) throws ConnectionError {
        switch (closedStreams.end(streamId)) {
            case ClosedStreams.ENDED ->
                    throw new ConnectionError(ErrorCode.STREAM_CLOSED, "stream_closed");
            case ClosedStreams.RESET_BY_PEER ->
                    streamFault(streamId, ErrorCode.STREAM_CLOSED, "stream_closed");
            case ClosedStreams.RESET_BY_US -> guard.charge(2, "closed_stream_flood");
            default -> throw ConnectionError.protocol("stream_id");
        }
    }

    // ---- frames

    @Override
    public final void dataFrame(int streamId, int length, boolean endStream)
            throws ConnectionError {
        receiveWindow -= length;
        if (receiveWindow < 0) {
            throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "connection_window");
        }
        if (creditsAtOnce) {
            giveBack(length);
        }
        dataStream = null;
        dataEnds = endStream;
        dataSeen = false;
        H2Stream stream = streams.get(streamId);
        if (stream == null) {
            dataOnClosed(streamId);
        } else if (stream.hasRemoteEnded()) {
            streamFault(streamId, ErrorCode.STREAM_CLOSED, "stream_closed");
        } else if (!stream.admit(length)) {
            streamFault(streamId, ErrorCode.FLOW_CONTROL_ERROR, "stream_window");
        } else if (!mayReceiveData(stream)) {
            streamFault(streamId, ErrorCode.PROTOCOL_ERROR, "data_before_head");
        } else {
            dataStream = stream;
        }
    }

    private void dataOnClosed(int streamId) throws ConnectionError {
        if (isIdle(streamId)) {
            throw ConnectionError.protocol("idle_stream");
        }
        switch (closedStreams.end(streamId)) {
            case ClosedStreams.ENDED ->
                    throw new ConnectionError(ErrorCode.STREAM_CLOSED, "stream_closed");
            case ClosedStreams.RESET_BY_PEER ->
                    streamFault(streamId, ErrorCode.STREAM_CLOSED, "stream_closed");
            default -> {
                // on its way when we reset the stream
            }
        }
    }

    @Override
    public final void dataPadding(int length) {
        consumed(length);
        if (dataStream != null) {
            dataStream.returnWindow(length);
        }
    }

    @Override
    public final void data(ByteBuf in, int length) throws ConnectionError {
        dataSeen = true;
        H2Stream stream = dataStream;
        if (stream == null || stream.isOver()) {
            in.skipBytes(length);
            consumed(length);
            return;
        }
        ByteBuf data;
        if (length * SLICE_SHARE < in.capacity()) {
            data = ctx.alloc().ioBuffer(length);
            data.writeBytes(in, length);
        } else {
            data = in.readRetainedSlice(length);
        }
        if (!stream.receive(data)) {
            dataStream = null;
            streamFault(stream.id(), ErrorCode.PROTOCOL_ERROR, "content_length");
        }
    }

    @Override
    public final void dataFrameEnd() throws ConnectionError {
        H2Stream stream = dataStream;
        dataStream = null;
        if (!dataSeen && !dataEnds) {
            guard.charge(10, "empty_data_flood");
        }
        if (stream != null && !stream.isOver() && dataEnds) {
            if (stream.isReceivedWhole()) {
                stream.remoteEnded(null);
            } else {
                streamFault(stream.id(), ErrorCode.PROTOCOL_ERROR, "content_length");
            }
        }
    }

    /** Data were handed on or thrown away, so the peer may send as much again. */
    final void consumed(int length) {
        if (!creditsAtOnce) {
            giveBack(length);
        }
    }

    private void giveBack(int length) {
        unreturned += length;
        if (unreturned >= connectionWindow / 2) {
            receiveWindow += unreturned;
            writeWindowUpdate(0, unreturned);
            unreturned = 0;
        }
    }

    final void writeWindowUpdate(int streamId, int increment) {
        if (!closed) {
            writer.windowUpdate(streamId, increment);
            requestFlush();
        }
    }

    @Override
    public final void priority(int streamId) throws ConnectionError {
        guard.charge(2, "priority_flood");
    }

    @Override
    public final void rstStream(int streamId, int code) throws ConnectionError {
        if (isIdle(streamId)) {
            throw ConnectionError.protocol("idle_stream");
        }
        H2Stream stream = streams.get(streamId);
        if (stream == null) {
            guard.charge(2, "reset_flood");
        } else {
            close(stream, ClosedStreams.RESET_BY_PEER);
            resetByPeer(stream, code);
            streamClosed();
        }
    }

    @Override
    public final void setting(int id, long value) throws ConnectionError {
        switch (id) {
            case SETTINGS_HEADER_TABLE_SIZE -> encoder.peerTableSize(value);
            case SETTINGS_INITIAL_WINDOW_SIZE -> initialWindow(value);
            case SETTINGS_MAX_FRAME_SIZE -> {
                if (value < FRAME_SIZE_DEFAULT || value > FRAME_SIZE_MAX) {
                    throw ConnectionError.protocol("setting_frame_size");
                }
                writer.frameSizeMax((int) value);
            }
            case SETTINGS_ENABLE_PUSH -> {
                if (value > 1) {
                    throw ConnectionError.protocol("setting_push");
                }
                sideSetting(id, value);
            }
            default -> sideSetting(id, value);
        }
    }

    private void initialWindow(long value) throws ConnectionError {
        if (value > WINDOW_MAX) {
            throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "setting_window");
        }
        int delta = (int) value - sender.initialStreamWindow();
        sender.initialStreamWindow((int) value);
        if (delta == 0) {
            return;
        }
        for (H2Stream stream : openStreamsNow()) {
            if (!stream.widenSendWindow(delta)) {
                throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "setting_window");
            }
            sender.streamReady(stream);
        }
    }

    @Override
    public final void settingsEnd() throws ConnectionError {
        guard.charge(10, "settings_flood");
        writer.settingsAck();
    }

    @Override
    public final void settingsAck() throws ConnectionError {
        guard.charge(2, "settings_flood");
        if (!settingsAcked) {
            int delta = streamWindow - initialReceiveWindow();
            settingsAcked = true;
            for (H2Stream stream : openStreamsNow()) {
                stream.changeReceiveWindow(delta);
            }
        }
    }

    @Override
    public final void ping(long opaque) throws ConnectionError {
        guard.charge(2, "ping_flood");
        writer.ping(true, opaque);
    }

    @Override
    public final void windowUpdate(int streamId, int increment) throws ConnectionError {
        guard.charge(1, "window_update_flood");
        if (streamId == 0) {
            if (increment == 0) {
                throw ConnectionError.protocol("window_increment");
            }
            if (!sender.widen(increment)) {
                throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "window_increment");
            }
            return;
        }
        H2Stream stream = streams.get(streamId);
        if (stream == null) {
            if (isIdle(streamId)) {
                throw ConnectionError.protocol("idle_stream");
            }
        } else if (increment == 0) {
            streamFault(streamId, ErrorCode.PROTOCOL_ERROR, "window_increment");
        } else if (!stream.widenSendWindow(increment)) {
            streamFault(streamId, ErrorCode.FLOW_CONTROL_ERROR, "window_increment");
        } else {
            sender.streamReady(stream);
        }
    }

    @Override
    public final void unknownFrame() throws ConnectionError {
        guard.charge(2, "unknown_frame_flood");
    }

    @Override
    public final void streamFault(int streamId, int code, String reason) throws ConnectionError {
        H2Stream stream = streams.get(streamId);
        if (stream == null) {
            writer.rstStream(streamId, code);
        } else {
            resetStream(stream, code, StreamError.PROTOCOL);
        }
        faultOfPeer(reason);
    }
}
