package dev.penstock.proxy.h2;

import static dev.penstock.proxy.h2.FrameFormat.*;

import dev.penstock.proxy.loop.TimeoutWheel;
import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.message.Syntax;
import dev.penstock.proxy.stream.ClientConnection;
import dev.penstock.proxy.stream.ClientStream;
import dev.penstock.proxy.stream.ResponseReceiver;
import dev.penstock.proxy.stream.StreamError;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A connection to an endpoint that speaks HTTP/2, by ALPN or prior knowledge. The last handler of
 * its pipeline. Streams may be opened as soon as the channel is active.
 */
public final class H2ClientConnection extends H2Connection implements ClientConnection {

    private static final int HEAD_BYTES_MAX = 64 * 1024;
    private static final int FIELDS_MAX = 256;
    private static final int STREAM_WINDOW = 64 * 1024;

    /**
     * Of no use for holding an endpoint back: the clients of its streams have nothing to do with
     * each other, and one that reads slowly must not stop the rest.
     */
    private static final int CONNECTION_WINDOW = 16 * 1024 * 1024;

    /** Streams at once until the endpoint's settings are known, and never more than so many. */
    private static final int STREAMS_INITIAL = 100;

    private static final int STREAMS_MAX = 1000;
    private static final Duration STALLED_TIMEOUT = Duration.ofSeconds(60);
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] GET = Syntax.ascii("GET");
    private static final byte[] POST = Syntax.ascii("POST");
    private static final byte[] TRAILERS = Syntax.ascii("trailers");
    private static final byte[] CONTINUE = Syntax.ascii("100-continue");

    private final Listener listener;
    private final ResponseFields responseFields = new ResponseFields(HEAD_BYTES_MAX, FIELDS_MAX);
    private final TrailerFields trailerFields = new TrailerFields(HEAD_BYTES_MAX, FIELDS_MAX);
    private int nextStreamId = 1;
    private int streamsMax = STREAMS_INITIAL;
    private long opened;
    private boolean goingAway;
    private boolean failed;
    private boolean closedTold;

    public H2ClientConnection(TimeoutWheel wheel, Listener listener) {
        super(
                wheel,
                HEAD_BYTES_MAX,
                STREAM_WINDOW,
                CONNECTION_WINDOW,
                true,
                STALLED_TIMEOUT.toMillis());
        this.listener = listener;
    }

    // ---- the pool's view

    @Override
    public ClientStream open(MessageHead head, boolean end, ResponseReceiver receiver) {
        if (availableStreams() == 0) {
            throw new IllegalStateException("availableStreams: 0 (expected: more)");
        }
        int streamId = nextStreamId;
        nextStreamId += 2;
        opened++;
        H2ClientStream stream =
                new H2ClientStream(
                        this,
                        streamId,
                        sender().initialStreamWindow(),
                        initialReceiveWindow(),
                        receiver,
                        head.methodIs(RequestFields.HEAD));
        add(stream);
        writeHead(streamId, head, end);
        requestFlush();
        stream.headSent(end, head.bodyLength());
        return stream;
    }

    @Override
    public int availableStreams() {
        if (goingAway || isClosed() || nextStreamId < 0) {
            return 0;
        }
        return Math.max(0, streamsMax - openStreams());
    }

    @Override
    public int activeStreams() {
        return openStreams();
    }

    @Override
    public long openedStreams() {
        return opened;
    }

    @Override
    public void close() {
        if (!isClosed()) {
            writer().goAway(0, ErrorCode.NO_ERROR);
            closeGracefully();
            tellClosed();
        }
    }

    private void tellClosed() {
        if (!closedTold) {
            closedTold = true;
            listener.onClosed(this);
        }
    }

    // ---- the connection

    @Override
    void started(FrameWriter out) {
        out.preface(PREFACE);
        settings(
                SETTINGS_ENABLE_PUSH,
                0,
                SETTINGS_INITIAL_WINDOW_SIZE,
                STREAM_WINDOW,
                SETTINGS_MAX_HEADER_LIST_SIZE,
                HEAD_BYTES_MAX);
    }

    @Override
    boolean acceptPreface(ByteBuf in) {
        return true;
    }

    @Override
    void readComplete(boolean awaitsRest, boolean progress) {
        // how long an answer may take is the exchange's to say
    }

    @Override
    boolean isIdle(int streamId) {
        return (streamId & 1) == 0 || (nextStreamId > 0 && streamId >= nextStreamId);
    }

    @Override
    int lastPeerStreamId() {
        return 0;
    }

    @Override
    boolean mayReceiveData(H2Stream stream) {
        return ((H2ClientStream) stream).isHeadReceived();
    }

    @Override
    void sideSetting(int id, long value) throws ConnectionError {
        if (id == SETTINGS_ENABLE_PUSH && value != 0) {
            throw ConnectionError.protocol("setting_push");
        }
        if (id == SETTINGS_MAX_CONCURRENT_STREAMS) {
            boolean more = value > streamsMax;
            streamsMax = (int) Math.min(value, STREAMS_MAX);
            if (more && availableStreams() > 0) {
                listener.onAvailable(this);
            }
        }
    }

    @Override
    public void pingAck(long opaque) throws ConnectionError {
        guard().charge(2, "ping_flood");
    }

    @Override
    public void goAway(int lastStreamId, int code) {
        goingAway = true;
        for (H2Stream stream : openStreamsNow()) {
            if (stream.id() > lastStreamId) {
                drop(stream, StreamError.NOT_PROCESSED);
            }
        }
        tellClosed();
        if (openStreams() == 0) {
            closeGracefully();
        }
    }

    @Override
    void resetByPeer(H2Stream stream, int code) {
        if (stream.hasRemoteEnded()) {
            stream.stopSending(); // the answer is whole; the rest of the request is not wanted
            return;
        }
        stream.end(
                switch (code) {
                    case ErrorCode.REFUSED_STREAM -> StreamError.NOT_PROCESSED;
                    case ErrorCode.PROTOCOL_ERROR,
                            ErrorCode.FLOW_CONTROL_ERROR,
                            ErrorCode.STREAM_CLOSED ->
                            StreamError.PROTOCOL;
                    default -> StreamError.CONNECTION_LOST;
                });
    }

    @Override
    void faultOfPeer(String reason) {
        // its receiver was told; an endpoint that errs does not attack us
    }

    @Override
    void failed(String reason) {
        failed = true;
        tellClosed();
    }

    @Override
    StreamError lostError(H2Stream stream) {
        return failed ? StreamError.PROTOCOL : StreamError.CONNECTION_LOST;
    }

    @Override
    void streamClosed() {
        if (isClosed()) {
            return;
        }
        if (!goingAway && nextStreamId > 0) {
            listener.onAvailable(this);
        } else if (openStreams() == 0) {
            tellClosed();
            closeGracefully();
        }
    }

    @Override
    void connectionClosed() {
        tellClosed();
    }

    // ---- requests

    private void writeHead(int streamId, MessageHead head, boolean end) {
        HpackEncoder encoder = encoder();
        byte[] bytes = head.bytes();
        encoder.begin();
        if (head.methodIs(GET)) {
            encoder.indexed(StaticTable.METHOD_GET);
        } else if (head.methodIs(POST)) {
            encoder.indexed(StaticTable.METHOD_POST);
        } else {
            encoder.literal(StaticTable.METHOD_GET, bytes, head.methodStart(), head.methodLength());
        }
        encoder.indexed(head.secure() ? StaticTable.SCHEME_HTTPS : StaticTable.SCHEME_HTTP);
        encoder.field(StaticTable.AUTHORITY, bytes, head.authorityStart(), head.authorityLength());
        encoder.literal(StaticTable.PATH_ROOT, bytes, head.pathStart(), head.pathLength());
        encodeFields(head);
        boolean length = end ? !head.methodIs(GET) && !head.methodIs(RequestFields.HEAD) : true;
        if (length && head.bodyLength() >= 0) {
            encoder.contentLength(head.bodyLength());
        }
        if (head.teTrailers()) {
            encoder.named(HeaderName.TE, TRAILERS);
        }
        if (head.expectContinue()) {
            encoder.named(HeaderName.EXPECT, CONTINUE);
        }
        writeHeaders(streamId, end);
    }

    // ---- responses

    @Override
    public void headers(
            int streamId, boolean endStream, boolean selfDependent, byte[] block, int length)
            throws ConnectionError {
        H2ClientStream stream = (H2ClientStream) stream(streamId);
        boolean trailers = stream != null && stream.isHeadReceived();
        FieldCollector fields = trailers ? trailerFields : responseFields;
        MessageHead head = inbound();
        fields.begin(head);
        decode(block, length, fields);
        if (stream == null) {
            if (isIdle(streamId)) {
                throw ConnectionError.protocol("idle_stream");
            }
            headersOnClosed(streamId);
        } else if (stream.hasRemoteEnded()) {
            streamFault(streamId, ErrorCode.STREAM_CLOSED, "stream_closed");
        } else if (trailers) {
            if (endStream && trailerFields.finish() && stream.isReceivedWhole()) {
                stream.remoteEnded(head);
            } else {
                streamFault(streamId, ErrorCode.PROTOCOL_ERROR, "trailer");
            }
        } else if (!responseFields.finish() || !stream.head(head, endStream)) {
            streamFault(streamId, ErrorCode.PROTOCOL_ERROR, "response_head");
        }
    }
}
