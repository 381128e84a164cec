package dev.penstock.proxy.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Speaks frames with one of our connections, and tells those that come back as text. */
final class RawPeer implements AutoCloseable {

    final EmbeddedChannel channel = new EmbeddedChannel();
    private final ByteBuf received = Unpooled.buffer();
    private final HpackDecoder decoder = new HpackDecoder(4096);
    private boolean prefaceExpected;
    int dataBytes;

    RawPeer(boolean prefaceExpected) {
        this.prefaceExpected = prefaceExpected;
    }

    /** Adds the connection and shakes hands; what came back is left out. */
    RawPeer start(ChannelHandler connection) {
        channel.pipeline().addLast(connection);
        channel.runPendingTasks();
        ByteBuf hello = Unpooled.buffer();
        if (!prefaceExpected) {
            hello.writeBytes(Frames.PREFACE.getBytes(StandardCharsets.US_ASCII));
        }
        send(hello, Frames.settings(), Frames.frame(FrameFormat.SETTINGS, FrameFormat.ACK, 0));
        frames();
        return this;
    }

    /** Sends frames as one read; nobody is there to read them when the channel is closed. */
    void send(ByteBuf... frames) {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf frame : frames) {
            all.writeBytes(frame);
            frame.release();
        }
        if (channel.isOpen()) {
            channel.writeInbound(all);
            channel.runPendingTasks();
        } else {
            all.release();
        }
    }

    /** What came back since the last call. */
    List<String> frames() {
        channel.runPendingTasks();
        for (ByteBuf bytes = channel.readOutbound();
                bytes != null;
                bytes = channel.readOutbound()) {
            received.writeBytes(bytes);
            bytes.release();
        }
        if (prefaceExpected && received.readableBytes() >= Frames.PREFACE.length()) {
            prefaceExpected = false;
            received.skipBytes(Frames.PREFACE.length());
        }
        List<String> texts = new ArrayList<>();
        while (received.readableBytes() >= 9) {
            int length = received.readUnsignedMedium();
            int type = received.readUnsignedByte();
            int flags = received.readUnsignedByte();
            int streamId = received.readInt();
            texts.add(text(type, flags, streamId, received.readSlice(length)));
        }
        received.discardReadBytes();
        return texts;
    }

    private String text(int type, int flags, int streamId, ByteBuf payload) {
        String end = (flags & FrameFormat.END_STREAM) != 0 ? " end" : "";
        return switch (type) {
            case FrameFormat.DATA -> {
                dataBytes += payload.readableBytes();
                yield "DATA " + streamId + " " + payload.readableBytes() + end;
            }
            case FrameFormat.HEADERS -> "HEADERS " + streamId + fields(payload) + end;
            case FrameFormat.RST_STREAM -> "RST " + streamId + " " + payload.readInt();
            case FrameFormat.SETTINGS -> "SETTINGS" + (flags == 0 ? "" : " ack");
            case FrameFormat.PING -> "PING" + (flags == 0 ? " " + payload.readLong() : " ack");
            case FrameFormat.GOAWAY -> "GOAWAY " + payload.readInt() + " " + payload.readInt();
            case FrameFormat.WINDOW_UPDATE -> "WINDOW " + streamId + " " + payload.readInt();
            default -> "type " + type;
        };
    }

    /** The first field's value: the status or method. */
    private String fields(ByteBuf payload) {
        byte[] block = new byte[payload.readableBytes()];
        payload.readBytes(block);
        StringBuilder text = new StringBuilder();
        try {
            decoder.decode(
                    block,
                    0,
                    block.length,
                    (_, name, nameStart, nameLength, value, start, length) -> {
                        if (text.isEmpty() && name[nameStart] == ':' && nameLength > 0) {
                            text.append(' ')
                                    .append(
                                            new String(
                                                    value,
                                                    start,
                                                    length,
                                                    StandardCharsets.ISO_8859_1));
                        }
                    });
        } catch (ConnectionError e) {
            throw new AssertionError(e);
        }
        return text.toString();
    }

    @Override
    public void close() {
        received.release();
        channel.finishAndReleaseAll();
    }
}
