package dev.penstock.proxy.h2;

import static dev.penstock.proxy.h2.FrameFormat.*;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames (RFC 9113 section 6). Small ones are gathered in one buffer, so that a read cycle's
 * answers leave in one write.
 */
final class FrameWriter {

    private static final int BUFFER_INITIAL = 2048;
    private static final int BUFFER_FULL = 16 * 1024;

    /** Data up to this length are copied behind their frame's header. */
    private static final int COPY_MAX = 1024;

    private final ChannelHandlerContext ctx;
    private @Nullable ByteBuf buffer;
    private int frameSizeMax = FRAME_SIZE_DEFAULT;
    private boolean unflushed;

    FrameWriter(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    /** The peer's SETTINGS_MAX_FRAME_SIZE. */
    void frameSizeMax(int value) {
        frameSizeMax = value;
    }

    /** The most data that go into one frame. */
    int dataMax() {
        return Math.min(frameSizeMax, FRAME_SIZE_DEFAULT);
    }

    boolean hasUnflushed() {
        return unflushed;
    }

    /** Bytes that text of the connection's preface has: written before any frame. */
    void preface(byte[] bytes) {
        room(bytes.length).writeBytes(bytes);
    }

    /**
     * A SETTINGS frame.
     *
     * @param settings identifiers and values by turns
     */
    void settings(int... settings) {
        int length = settings.length / 2 * SETTING_LENGTH;
        ByteBuf out = frame(length, SETTINGS, 0, 0, length);
        for (int i = 0; i < settings.length; i += 2) {
            out.writeShort(settings[i]);
            out.writeInt(settings[i + 1]);
        }
    }

    void settingsAck() {
        frame(0, SETTINGS, ACK, 0, 0);
    }

    void ping(boolean ack, long opaque) {
        frame(8, PING, ack ? ACK : 0, 0, 8).writeLong(opaque);
    }

    void goAway(int lastStreamId, int code) {
        ByteBuf out = frame(8, GOAWAY, 0, 0, 8);
        out.writeInt(lastStreamId);
        out.writeInt(code);
    }

    void rstStream(int streamId, int code) {
        frame(4, RST_STREAM, 0, streamId, 4).writeInt(code);
    }

    void windowUpdate(int streamId, int increment) {
        frame(4, WINDOW_UPDATE, 0, streamId, 4).writeInt(increment);
    }

    /** A header block in a HEADERS frame and as many CONTINUATION frames as it takes. */
    void headers(int streamId, boolean endStream, byte[] block, int length) {
        int flags = endStream ? END_STREAM : 0;
        int type = HEADERS;
        int at = 0;
        do {
            int n = Math.min(length - at, frameSizeMax);
            if (at + n == length) {
                flags |= END_HEADERS;
            }
            frame(n, type, flags, streamId, n).writeBytes(block, at, n);
            at += n;
            type = CONTINUATION;
            flags = 0;
        } while (at < length);
    }

    /**
     * A DATA frame.
     *
     * @param data taken over
     */
    void data(int streamId, ByteBuf data, boolean endStream) {
        int length = data.readableBytes();
        int flags = endStream ? END_STREAM : 0;
        if (length <= COPY_MAX) {
            frame(length, DATA, flags, streamId, length).writeBytes(data);
            data.release();
            return;
        }
        frame(length, DATA, flags, streamId, 0);
        passBuffer();
        ctx.write(data, ctx.voidPromise());
    }

    /** Hands all to the socket. */
    void flush() {
        passBuffer();
        if (unflushed) {
            unflushed = false;
            ctx.flush();
        }
    }

    /** Lets go of what was not handed on. */
    void release() {
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
    }

    private void passBuffer() {
        ByteBuf full = buffer;
        if (full != null) {
            buffer = null;
            ctx.write(full, ctx.voidPromise());
        }
    }

    /** A frame's header, with room for what follows of the frame. */
    private ByteBuf frame(int length, int type, int flags, int streamId, int following) {
        ByteBuf out = room(HEADER_LENGTH + following);
        out.writeInt(length << 8 | type);
        out.writeByte(flags);
        out.writeInt(streamId);
        return out;
    }

    private ByteBuf room(int length) {
        unflushed = true;
        ByteBuf out = buffer;
        if (out != null && out.readableBytes() + length > BUFFER_FULL) {
            passBuffer();
            out = null;
        }
        if (out == null) {
            out = ctx.alloc().ioBuffer(Math.max(BUFFER_INITIAL, length));
            buffer = out;
        }
        return out;
    }
}
