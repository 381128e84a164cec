package dev.penstock.proxy.echo;

import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.MessageReceiver;
import dev.penstock.proxy.stream.ServerStream;
import dev.penstock.proxy.stream.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * Sends each WebSocket frame back (RFC 6455 section 5): without its mask, a ping as a pong, a close
 * as the last one. Frames are passed on as they come in and never gathered.
 */
final class WebSocketEcho implements MessageReceiver {

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int OPCODE_CLOSE = 8;
    private static final int OPCODE_PING = 9;
    private static final int OPCODE_PONG = 10;
    private static final int HEADER_MAX = 14;

    private final ServerStream stream;
    private final ByteBufAllocator allocator;
    private final byte[] header = new byte[HEADER_MAX];
    private final byte[] mask = new byte[4];
    private int headerLength;
    private long payloadLeft;
    private int maskAt;
    private boolean closing;

    private WebSocketEcho(ServerStream stream, ByteBufAllocator allocator) {
        this.stream = stream;
        this.allocator = allocator;
    }

    static MessageReceiver accept(
            ServerStream stream, MessageHead request, MessageHead answer, ByteBufAllocator pool) {
        String key = field(request, "sec-websocket-key");
        answer.clear();
        answer.status(101);
        answer.addField("sec-websocket-accept", acceptValue(key));
        int at = answer.append("websocket");
        answer.upgrade(at, "websocket".length());
        stream.sendUpgrade(answer);
        stream.flush();
        return new WebSocketEcho(stream, pool);
    }

    private static String field(MessageHead head, String lowerCaseName) {
        for (int i = 0; i < head.fieldCount(); i++) {
            if (head.text(head.nameStart(i), head.nameLength(i)).equalsIgnoreCase(lowerCaseName)) {
                return head.text(head.valueStart(i), head.valueLength(i));
            }
        }
        return "";
    }

    /** RFC 6455 section 4.2.2. */
    private static String acceptValue(String key) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-1")
                            .digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    @Override
    public void onData(ByteBuf data) {
        while (data.isReadable() && !closing) {
            if (payloadLeft == 0) {
                readHeader(data);
            } else {
                readPayload(data);
            }
        }
        data.release();
        stream.flush();
        if (!closing && !stream.isWritable()) {
            stream.pauseReading();
        }
    }

    private void readHeader(ByteBuf data) {
        while (data.isReadable()) {
            header[headerLength++] = data.readByte();
            if (headerLength >= 2 && headerLength == headerSize()) {
                beginFrame();
                return;
            }
        }
    }

    private int headerSize() {
        int masked = (header[1] & 0x80) == 0 ? 0 : mask.length;
        return 2 + extendedSize() + masked;
    }

    private int extendedSize() {
        return switch (header[1] & 0x7f) {
            case 126 -> 2;
            case 127 -> 8;
            default -> 0;
        };
    }

    private void beginFrame() {
        int extended = extendedSize();
        long length = header[1] & 0x7f;
        if (extended > 0) {
            length = 0;
            for (int i = 0; i < extended; i++) {
                length = (length << 8) | (header[2 + i] & 0xff);
            }
        }
        if ((header[1] & 0x80) == 0 || length < 0) {
            // A client masks every frame (section 5.1), and no length has its top bit.
            closing = true;
            stream.reset(StreamError.PROTOCOL);
            return;
        }
        System.arraycopy(header, 2 + extended, mask, 0, mask.length);
        maskAt = 0;
        headerLength = 0;
        payloadLeft = length;
        int opcode = header[0] & 0x0f;
        if (opcode == OPCODE_PING) {
            header[0] = (byte) ((header[0] & 0xf0) | OPCODE_PONG);
        }
        ByteBuf out = allocator.buffer(HEADER_MAX);
        out.writeByte(header[0]).writeByte(header[1] & 0x7f).writeBytes(header, 2, extended);
        stream.sendData(out, false);
        endFrame();
    }

    private void readPayload(ByteBuf data) {
        int length = (int) Math.min(payloadLeft, data.readableBytes());
        ByteBuf out = allocator.buffer(length);
        for (int i = 0; i < length; i++) {
            out.writeByte(data.readByte() ^ mask[maskAt++ & 3]);
        }
        payloadLeft -= length;
        stream.sendData(out, false);
        endFrame();
    }

    /** Ends the tunnel behind an echoed close. */
    private void endFrame() {
        if (payloadLeft == 0 && (header[0] & 0x0f) == OPCODE_CLOSE) {
            closing = true;
            stream.sendData(allocator.buffer(0), true);
        }
    }

    @Override
    public void onTrailers(MessageHead trailers) {
        onEnd();
    }

    @Override
    public void onEnd() {
        if (!closing) {
            closing = true;
            stream.sendData(allocator.buffer(0), true);
            stream.flush();
        }
    }

    @Override
    public void onReset(StreamError error) {
        closing = true;
    }

    @Override
    public void onWritable() {
        stream.resumeReading();
    }
}
