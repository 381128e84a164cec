package dev.penstock.proxy.h2;

import static dev.penstock.proxy.h2.FrameFormat.*;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what a peer sends into frames (RFC 9113 section 4). Data are handed on as they arrive; of
 * other frames what has arrived is kept until they are whole, and of those of unknown types
 * nothing.
 */
final class FrameParser {

    private static final int CONTINUATIONS_MAX = 32;

    private enum State {
        HEADER,
        PAYLOAD,
        PAD_LENGTH,
        DATA,
        SKIP
    }

    private final FrameListener listener;
    private final int blockBytesMax;

    private State state = State.HEADER;
    private final byte[] header = new byte[HEADER_LENGTH];
    private int headerFill;
    private int length;
    private int type;
    private int flags;
    private int streamId;

    /** Bytes of the payload still to come: data, and padding or what is skipped. */
    private int remaining;

    private int skip;

    /** What has come of a payload that is not whole. */
    private @Nullable ByteBuf partial;

    private int wholeFrames;
    private boolean first = true;
    private boolean stopped;

    // The header block that CONTINUATION frames go on with.
    private int blockStream;
    private boolean blockEndsStream;
    private boolean blockSelfDependent;
    private int continuations;
    private byte[] block = {};
    private int blockLength;

    /**
     * @param blockBytesMax the most bytes of a header block that spans frames
     */
    FrameParser(FrameListener listener, int blockBytesMax) {
        this.listener = listener;
        this.blockBytesMax = blockBytesMax;
    }

    /** Whether a frame that is no DATA frame, or a header block, has begun and is not whole. */
    boolean awaitsRest() {
        return headerFill > 0 || state == State.PAYLOAD || blockStream != 0;
    }

    /** How many frames were whole so far; header blocks count when they are. */
    int wholeFrames() {
        return wholeFrames;
    }

    /** Ignores whatever else comes, also in the buffer that is being parsed. */
    void stop() {
        stopped = true;
        partial = null;
        block = new byte[0];
    }

    /** Parses all that a buffer holds. The buffer stays the caller's. */
    void parse(ByteBuf in) throws ConnectionError {
        while (in.isReadable() && !stopped) {
            switch (state) {
                case HEADER -> readHeader(in);
                case PAYLOAD -> readPayload(in);
                case PAD_LENGTH -> {
                    int padding = in.readUnsignedByte();
                    remaining--;
                    beginData(padding);
                }
                case DATA -> readData(in);
                case SKIP -> {
                    int n = Math.min(skip, in.readableBytes());
                    in.skipBytes(n);
                    skip -= n;
                    if (skip == 0) {
                        state = State.HEADER;
                    }
                }
            }
        }
    }

    private void readHeader(ByteBuf in) throws ConnectionError {
        if (headerFill == 0 && in.readableBytes() >= HEADER_LENGTH) {
            length = in.readUnsignedMedium();
            type = in.readUnsignedByte();
            flags = in.readUnsignedByte();
            streamId = in.readInt() & STREAM_ID_MAX;
        } else {
            int n = Math.min(HEADER_LENGTH - headerFill, in.readableBytes());
            in.readBytes(header, headerFill, n);
            headerFill += n;
            if (headerFill < HEADER_LENGTH) {
                return;
            }
            headerFill = 0;
            ByteBuf whole = Unpooled.wrappedBuffer(header);
            length = whole.readUnsignedMedium();
            type = whole.readUnsignedByte();
            flags = whole.readUnsignedByte();
            streamId = whole.readInt() & STREAM_ID_MAX;
        }
        checkHeader();
        beginFrame(in);
    }

    private void checkHeader() throws ConnectionError {
        if (length > FRAME_SIZE_DEFAULT) {
            throw ConnectionError.frameSize("frame_too_large");
        }
        if (first) {
            if (type != SETTINGS || (flags & ACK) != 0) {
                throw ConnectionError.protocol("no_settings_first");
            }
            first = false;
        }
        if (blockStream != 0) {
            if (type != CONTINUATION || streamId != blockStream) {
                throw ConnectionError.protocol("header_block_interrupted");
            }
        } else if (type == CONTINUATION) {
            throw ConnectionError.protocol("continuation_without_headers");
        }
        switch (type) {
            case DATA, HEADERS, PRIORITY, RST_STREAM, CONTINUATION -> {
                if (streamId == 0) {
                    throw ConnectionError.protocol("frame_without_stream");
                }
            }
            case SETTINGS, PING, GOAWAY -> {
                if (streamId != 0) {
                    throw ConnectionError.protocol("frame_on_stream");
                }
            }
            case PUSH_PROMISE -> throw ConnectionError.protocol("push_promise");
            default -> {
                // WINDOW_UPDATE is for either; others are not known
            }
        }
        checkLength();
    }

    private void checkLength() throws ConnectionError {
        boolean fine =
                switch (type) {
                    case RST_STREAM, WINDOW_UPDATE -> length == 4;
                    case PING -> length == 8;
                    case SETTINGS ->
                            (flags & ACK) != 0 ? length == 0 : length % SETTING_LENGTH == 0;
                    case GOAWAY -> length >= 8;
                    default -> true;
                };
        if (!fine) {
            throw ConnectionError.frameSize("frame_length");
        }
    }

    private void beginFrame(ByteBuf in) throws ConnectionError {
        if (type == DATA) {
            remaining = length;
            listener.dataFrame(streamId, length, (flags & END_STREAM) != 0);
            if ((flags & PADDED) == 0) {
                beginData(-1);
            } else if (length == 0) {
                throw ConnectionError.frameSize("padding");
            } else {
                state = State.PAD_LENGTH;
            }
        } else if (type == PRIORITY && length != 5) {
            beginSkip();
            listener.streamFault(streamId, ErrorCode.FRAME_SIZE_ERROR, "frame_length");
        } else if (type > CONTINUATION) {
            beginSkip();
            listener.unknownFrame();
        } else if (in.readableBytes() >= length) {
            payload(in);
        } else {
            state = State.PAYLOAD;
        }
    }

    private void beginSkip() {
        skip = length;
        state = skip == 0 ? State.HEADER : State.SKIP;
    }

    private void readPayload(ByteBuf in) throws ConnectionError {
        if (partial == null) {
            if (in.readableBytes() >= length) {
                payload(in);
                return;
            }
            partial = Unpooled.buffer(length);
        }
        ByteBuf gathered = partial;
        gathered.writeBytes(in, Math.min(length - gathered.readableBytes(), in.readableBytes()));
        if (gathered.readableBytes() == length) {
            partial = null;
            payload(gathered);
        }
    }

    /**
     * @param paddingLength -1 where the frame has no padding
     */
    private void beginData(int paddingLength) throws ConnectionError {
        if (paddingLength > remaining) {
            throw ConnectionError.protocol("padding");
        }
        skip = Math.max(paddingLength, 0);
        remaining -= skip;
        if (paddingLength >= 0) {
            listener.dataPadding(skip + 1);
        }
        if (remaining == 0) {
            endData();
        } else {
            state = State.DATA;
        }
    }

    private void readData(ByteBuf in) throws ConnectionError {
        int n = Math.min(remaining, in.readableBytes());
        remaining -= n;
        listener.data(in, n);
        if (remaining == 0) {
            endData();
        }
    }

    private void endData() throws ConnectionError {
        state = skip == 0 ? State.HEADER : State.SKIP;
        wholeFrames++;
        listener.dataFrameEnd();
    }

    /** Takes exactly the payload of a frame off a buffer that holds all of it. */
    private void payload(ByteBuf in) throws ConnectionError {
        state = State.HEADER;
        if ((type != HEADERS && type != CONTINUATION) || (flags & END_HEADERS) != 0) {
            wholeFrames++;
        }
        switch (type) {
            case HEADERS -> headers(in);
            case CONTINUATION -> continuation(in);
            case PRIORITY -> {
                boolean selfDependent = (in.readInt() & STREAM_ID_MAX) == streamId;
                in.skipBytes(1);
                if (selfDependent) {
                    listener.streamFault(streamId, ErrorCode.PROTOCOL_ERROR, "self_dependency");
                } else {
                    listener.priority(streamId);
                }
            }
            case RST_STREAM -> listener.rstStream(streamId, in.readInt());
            case SETTINGS -> settings(in);
            case PING -> {
                long opaque = in.readLong();
                if ((flags & ACK) != 0) {
                    listener.pingAck(opaque);
                } else {
                    listener.ping(opaque);
                }
            }
            case GOAWAY -> {
                int last = in.readInt() & STREAM_ID_MAX;
                int code = in.readInt();
                in.skipBytes(length - 8);
                listener.goAway(last, code);
            }
            case WINDOW_UPDATE -> listener.windowUpdate(streamId, in.readInt() & WINDOW_MAX);
            default -> throw new IllegalStateException("frame type: " + type);
        }
    }

    private void settings(ByteBuf in) throws ConnectionError {
        if ((flags & ACK) != 0) {
            listener.settingsAck();
            return;
        }
        for (int i = 0; i < length; i += SETTING_LENGTH) {
            int id = in.readUnsignedShort();
            listener.setting(id, in.readUnsignedInt());
        }
        listener.settingsEnd();
    }

    private void headers(ByteBuf in) throws ConnectionError {
        int rest = length;
        int padding = 0;
        if ((flags & PADDED) != 0) {
            if (rest < 1) {
                throw ConnectionError.frameSize("padding");
            }
            padding = in.readUnsignedByte();
            rest--;
        }
        boolean selfDependent = false;
        if ((flags & HAS_PRIORITY) != 0) {
            if (rest < 5) {
                throw ConnectionError.frameSize("frame_length");
            }
            selfDependent = (in.readInt() & STREAM_ID_MAX) == streamId;
            in.skipBytes(1);
            rest -= 5;
        }
        if (padding > rest) {
            throw ConnectionError.protocol("padding");
        }
        rest -= padding;
        boolean endsStream = (flags & END_STREAM) != 0;
        if ((flags & END_HEADERS) != 0) {
            byte[] whole = Scratch.local().block(rest);
            in.readBytes(whole, 0, rest);
            in.skipBytes(padding);
            listener.headers(streamId, endsStream, selfDependent, whole, rest);
            return;
        }
        blockStream = streamId;
        blockEndsStream = endsStream;
        blockSelfDependent = selfDependent;
        continuations = 0;
        blockLength = 0;
        append(in, rest);
        in.skipBytes(padding);
    }

    private void continuation(ByteBuf in) throws ConnectionError {
        continuations++;
        if (continuations > CONTINUATIONS_MAX || blockLength + length > blockBytesMax) {
            throw ConnectionError.calm("continuation_flood");
        }
        append(in, length);
        if ((flags & END_HEADERS) != 0) {
            byte[] whole = block;
            block = new byte[0];
            int stream = blockStream;
            blockStream = 0;
            listener.headers(stream, blockEndsStream, blockSelfDependent, whole, blockLength);
        }
    }

    private void append(ByteBuf in, int n) {
        if (blockLength + n > block.length) {
            block = Arrays.copyOf(block, Math.max(blockLength + n, block.length * 2));
        }
        in.readBytes(block, blockLength, n);
        blockLength += n;
    }
}
