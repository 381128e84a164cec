package dev.penstock.proxy.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Writes frames by hand, also wrong ones. */
final class Frames {

    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private Frames() {}

    static ByteBuf frame(int type, int flags, int streamId, byte... payload) {
        ByteBuf out = Unpooled.buffer(9 + payload.length);
        return out.writeMedium(payload.length)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(streamId)
                .writeBytes(payload);
    }

    static ByteBuf settings(int... settings) {
        ByteBuf payload = Unpooled.buffer();
        for (int i = 0; i < settings.length; i += 2) {
            payload.writeShort(settings[i]).writeInt(settings[i + 1]);
        }
        return frame(FrameFormat.SETTINGS, 0, 0, bytes(payload));
    }

    static ByteBuf number(int type, int streamId, int value) {
        return frame(type, 0, streamId, bytes(Unpooled.buffer(4).writeInt(value)));
    }

    static ByteBuf goAway(int last, int code) {
        return frame(
                FrameFormat.GOAWAY, 0, 0, bytes(Unpooled.buffer(8).writeInt(last).writeInt(code)));
    }

    static ByteBuf data(int streamId, int length, boolean end) {
        return frame(
                FrameFormat.DATA, end ? FrameFormat.END_STREAM : 0, streamId, new byte[length]);
    }

    /** A whole header block in one frame. */
    static ByteBuf headers(int streamId, boolean end, String... namesAndValues) {
        int flags = FrameFormat.END_HEADERS | (end ? FrameFormat.END_STREAM : 0);
        return frame(FrameFormat.HEADERS, flags, streamId, block(namesAndValues));
    }

    static ByteBuf get(int streamId) {
        return headers(
                streamId,
                true,
                ":method",
                "GET",
                ":scheme",
                "http",
                ":path",
                "/",
                ":authority",
                "example.com");
    }

    static ByteBuf post(int streamId, String... more) {
        String[] all = new String[8 + more.length];
        String[] first = {
            ":method", "POST", ":scheme", "http", ":path", "/", ":authority", "example.com"
        };
        System.arraycopy(first, 0, all, 0, 8);
        System.arraycopy(more, 0, all, 8, more.length);
        return headers(streamId, false, all);
    }

    /** Literal fields without indexing and without Huffman coding. */
    static byte[] block(String... namesAndValues) {
        ByteBuf out = Unpooled.buffer();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            out.writeByte(0);
            text(out, namesAndValues[i]);
            text(out, namesAndValues[i + 1]);
        }
        return bytes(out);
    }

    static void text(ByteBuf out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length < 127) {
            out.writeByte(bytes.length);
        } else {
            out.writeByte(127);
            int rest = bytes.length - 127;
            while (rest >= 128) {
                out.writeByte(rest | 128);
                rest >>>= 7;
            }
            out.writeByte(rest);
        }
        out.writeBytes(bytes);
    }

    static byte[] bytes(ByteBuf buffer) {
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        buffer.release();
        return bytes;
    }
}
