package dev.penstock.proxy.h2;

import static dev.penstock.proxy.h2.FrameFormat.*;

import dev.penstock.proxy.loop.DateValue;
import dev.penstock.proxy.loop.Timeout;
import dev.penstock.proxy.loop.TimeoutWheel;
import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.MessageReceiver;
import dev.penstock.proxy.stream.RequestHandler;
import dev.penstock.proxy.stream.ServerConnection;
import dev.penstock.proxy.stream.ServerLimits;
import dev.penstock.proxy.stream.StreamError;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * A client's connection that speaks HTTP/2, by ALPN or prior knowledge. The last handler of its
 * pipeline, to be given everything from the client's preface on.
 */
public final class H2ServerConnection extends H2Connection implements ServerConnection {

    private static final int CONNECTION_WINDOW = 1024 * 1024;
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** How long a drain waits for the answer to its PING. */
    private static final long DRAIN_PING_MILLIS = 1000;

    private static final long DRAIN_PING = 0x7065_6e73_746f_636bL;

    private enum Drain {
        /** Requests are taken. */
        NONE,
        /** The client was told to stop; what it sent before it knew is taken. */
        ANNOUNCED,
        /** Nothing more is taken. */
        FINAL
    }

    private final ServerLimits limits;
    private final ConnectionInfo info;
    private final RequestHandler handler;
    private final RequestFields requestFields;
    private final TrailerFields trailerFields;
    private final MessageHead refusal = new MessageHead();

    private int prefaceSeen;
    private int lastStreamId;
    private long requests;
    private Drain drain = Drain.NONE;

    private final Timeout headTimeout =
            new Timeout() {
                @Override
                protected void expired() {
                    fail(ErrorCode.NO_ERROR, "head_timeout");
                }
            };

    private final Timeout idleTimeout =
            new Timeout() {
                @Override
                protected void expired() {
                    if (openStreams() == 0) {
                        drain();
                    }
                }
            };

    private final Timeout drainTimeout =
            new Timeout() {
                @Override
                protected void expired() {
                    endDrain();
                }
            };

    public H2ServerConnection(
            ServerLimits limits, ConnectionInfo info, RequestHandler handler, TimeoutWheel wheel) {
        super(
                wheel,
                limits.headBytesMax(),
                limits.streamWindow(),
                Math.max(CONNECTION_WINDOW, limits.streamWindow()),
                false,
                limits.stalledStreamTimeout().toMillis());
        this.limits = limits;
        this.info = info;
        this.handler = handler;
        requestFields =
                new RequestFields(
                        limits.headBytesMax(), limits.fieldsMax(), limits.targetBytesMax());
        trailerFields = new TrailerFields(limits.headBytesMax(), limits.fieldsMax());
    }

    ConnectionInfo peerInfo() {
        return info;
    }

    @Override
    public int activeStreams() {
        return openStreams();
    }

    @Override
    public void drain() {
        if (drain != Drain.NONE || isClosed()) {
            return;
        }
        // RFC 9113 section 6.8: requests may be on their way, so the last one is known a round trip
        // later.
        drain = Drain.ANNOUNCED;
        writer().goAway(STREAM_ID_MAX, ErrorCode.NO_ERROR);
        writer().ping(false, DRAIN_PING);
        requestFlush();
        wheel().schedule(drainTimeout, DRAIN_PING_MILLIS);
    }

    private void endDrain() {
        if (drain != Drain.ANNOUNCED || isClosed()) {
            return;
        }
        drain = Drain.FINAL;
        drainTimeout.cancel();
        writer().goAway(lastStreamId, ErrorCode.NO_ERROR);
        requestFlush();
        if (openStreams() == 0) {
            closeGracefully();
        }
    }

    // ---- the connection

    @Override
    void started(FrameWriter out) {
        settings(
                SETTINGS_MAX_CONCURRENT_STREAMS,
                limits.concurrentStreamsMax(),
                SETTINGS_INITIAL_WINDOW_SIZE,
                limits.streamWindow(),
                SETTINGS_MAX_HEADER_LIST_SIZE,
                limits.headBytesMax());
        wheel().schedule(headTimeout, limits.headTimeout().toMillis());
    }

    @Override
    boolean acceptPreface(ByteBuf in) throws ConnectionError {
        while (prefaceSeen < PREFACE.length && in.isReadable()) {
            if (in.readByte() != PREFACE[prefaceSeen++]) {
                throw ConnectionError.protocol("preface");
            }
        }
        return prefaceSeen == PREFACE.length;
    }

    @Override
    void readComplete(boolean awaitsRest, boolean progress) {
        if (lastStreamId == 0) {
            return; // until the first head the time from accept counts
        }
        if (progress) {
            headTimeout.cancel();
        }
        if (awaitsRest && !headTimeout.isScheduled()) {
            wheel().schedule(headTimeout, limits.headTimeout().toMillis());
        }
    }

    @Override
    boolean isIdle(int streamId) {
        return (streamId & 1) == 0 || streamId > lastStreamId;
    }

    @Override
    int lastPeerStreamId() {
        return lastStreamId;
    }

    @Override
    boolean mayReceiveData(H2Stream stream) {
        return true;
    }

    @Override
    void sideSetting(int id, long value) {
        // A client's limits on heads and on pushes do not bind us: heads are the endpoint's, and
        // there are no pushes.
    }

    @Override
    public void pingAck(long opaque) throws ConnectionError {
        guard().charge(2, "ping_flood");
        if (opaque == DRAIN_PING) {
            endDrain();
        }
    }

    @Override
    public void goAway(int lastStreamId, int code) {
        drain();
    }

    @Override
    void resetByPeer(H2Stream stream, int code) throws ConnectionError {
        stream.end(StreamError.CANCELLED);
        guard().reset("rapid_reset");
    }

    @Override
    void faultOfPeer(String reason) throws ConnectionError {
        guard().reset("made_reset");
    }

    @Override
    void failed(String reason) {
        cancelTimeouts();
        handler.onRefused(info, 0, reason);
    }

    @Override
    StreamError lostError(H2Stream stream) {
        return StreamError.CANCELLED;
    }

    @Override
    void localEnded(H2Stream stream) {
        guard().answered();
        if (stream.hasRemoteEnded()) {
            super.localEnded(stream);
            stream.end();
        } else {
            // RFC 9113 section 8.1: the rest of the request is not wanted
            sendReset(stream, ErrorCode.NO_ERROR);
        }
    }

    @Override
    void streamClosed() {
        if (openStreams() > 0 || isClosed()) {
            return;
        }
        if (drain == Drain.FINAL) {
            requestFlush();
            closeGracefully();
        } else {
            wheel().schedule(idleTimeout, limits.keepAliveTimeout().toMillis());
        }
    }

    @Override
    void connectionClosed() {
        cancelTimeouts();
    }

    private void cancelTimeouts() {
        headTimeout.cancel();
        idleTimeout.cancel();
        drainTimeout.cancel();
    }

    // ---- requests

    @Override
    public void headers(
            int streamId, boolean endStream, boolean selfDependent, byte[] block, int length)
            throws ConnectionError {
        if ((streamId & 1) == 0) {
            throw ConnectionError.protocol("stream_id");
        }
        H2Stream open = stream(streamId);
        if (open != null) {
            trailers(open, endStream, block, length);
            return;
        }
        MessageHead head = inbound();
        requestFields.begin(head);
        decode(block, length, requestFields);
        if (streamId <= lastStreamId) {
            headersOnClosed(streamId);
            return;
        }
        lastStreamId = streamId;
        if (drain == Drain.FINAL) {
            guard().charge(2, "closed_stream_flood");
        } else if (selfDependent) {
            malformed(streamId, endStream, "self_dependency");
        } else if (openStreams() >= limits.concurrentStreamsMax()) {
            guard().charge(5, "stream_flood");
            refuse(streamId, endStream, ErrorCode.REFUSED_STREAM);
        } else {
            request(streamId, head, endStream);
        }
    }

    private void request(int streamId, MessageHead head, boolean end) throws ConnectionError {
        int status = requestFields.finish(end);
        if (status < 0) {
            malformed(streamId, end, String.valueOf(requestFields.reason()));
            return;
        }
        if (status > 0) {
            answer(streamId, status, end);
            return;
        }
        head.secure(info.secure());
        H2ServerStream stream =
                new H2ServerStream(
                        this,
                        streamId,
                        sender().initialStreamWindow(),
                        initialReceiveWindow(),
                        head.methodIs(RequestFields.HEAD));
        add(stream);
        stream.receiveLength(head.bodyLength());
        if (end) {
            stream.remoteEndedWithHead();
        }
        if (++requests >= limits.requestsMax()) {
            drain();
        }
        MessageReceiver receiver = handler.onRequest(stream, head, end);
        stream.receiver(receiver);
    }

    private void trailers(H2Stream stream, boolean end, byte[] block, int length)
            throws ConnectionError {
        MessageHead head = inbound();
        trailerFields.begin(head);
        decode(block, length, trailerFields);
        if (stream.hasRemoteEnded()) {
            streamFault(stream.id(), ErrorCode.STREAM_CLOSED, "stream_closed");
        } else if (!end) {
            streamFault(stream.id(), ErrorCode.PROTOCOL_ERROR, "second_head");
        } else if (!trailerFields.finish() || !stream.isReceivedWhole()) {
            streamFault(stream.id(), ErrorCode.PROTOCOL_ERROR, "trailer");
        } else {
            stream.remoteEnded(head);
        }
    }

    private void malformed(int streamId, boolean remoteEnded, String reason)
            throws ConnectionError {
        refuse(streamId, remoteEnded, ErrorCode.PROTOCOL_ERROR);
        handler.onRefused(info, 0, reason);
        faultOfPeer(reason);
    }

    private void refuse(int streamId, boolean remoteEnded, int code) {
        forget(streamId, remoteEnded);
        writer().rstStream(streamId, code);
    }

    /** Refuses a request with a status. */
    private void answer(int streamId, int status, boolean remoteEnded) throws ConnectionError {
        refusal.clear();
        refusal.status(status);
        writeHead(streamId, refusal, 0, true);
        if (!remoteEnded) {
            writer().rstStream(streamId, ErrorCode.NO_ERROR);
        }
        forget(streamId, remoteEnded);
        handler.onRefused(info, status, String.valueOf(requestFields.reason()));
        guard().reset("refused_flood");
    }

    // ---- responses

    void writeInterim(int streamId, MessageHead head) {
        encoder().begin();
        encoder().status(head.status());
        encodeFields(head);
        writeHeaders(streamId, false);
        requestFlush();
    }

    void writeHead(int streamId, MessageHead head, long contentLength, boolean end) {
        HpackEncoder encoder = encoder();
        encoder.begin();
        encoder.status(head.status());
        encodeFields(head);
        if (contentLength >= 0) {
            encoder.contentLength(contentLength);
        }
        if (!head.has(HeaderName.DATE)) {
            byte[] date = DateValue.now();
            encoder.field(StaticTable.DATE, date, 0, date.length);
        }
        writeHeaders(streamId, end);
    }
}
