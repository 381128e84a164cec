package dev.penstock.proxy.h1;

import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.message.Syntax;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Writes messages to a channel. Heads, framing and small parts of bodies are gathered in one buffer
 * until a flush or a larger part comes; large parts pass uncopied.
 */
final class MessageWriter {

    /** How the body being written is framed. */
    private enum Framing {
        /** No message is being written, or none more of it may be. */
        NONE,
        /** What is sent is dropped: answers that have no body. */
        DROPPED,
        LENGTH,
        CHUNKED,
        RAW
    }

    /** Parts of bodies up to this size are copied behind what is gathered. */
    private static final int COPIED_MAX = 1024;

    private static final int GATHERED_MIN = 1024;
    private static final int GATHERED_MAX = 16 * 1024;
    private static final int FRAMING_BYTES_MAX = 256;

    private static final byte[] COLON = Syntax.ascii(": ");
    private static final byte[] CRLF = Syntax.ascii("\r\n");
    private static final byte[] LAST_CHUNK = Syntax.ascii("0\r\n");
    private static final byte[] LENGTH = Syntax.ascii("content-length: ");
    private static final byte[] CHUNKED = Syntax.ascii("transfer-encoding: chunked\r\n");
    private static final byte[] CLOSE = Syntax.ascii("connection: close\r\n");
    private static final byte[] KEEP_ALIVE = Syntax.ascii("connection: keep-alive\r\n");
    private static final byte[] VERSION = Syntax.ascii(" HTTP/1.1\r\n");
    private static final byte[] HOST = Syntax.ascii("host: ");
    private static final byte[] EXPECT = Syntax.ascii("expect: 100-continue\r\n");
    private static final byte[] TE = Syntax.ascii("te: trailers\r\n");
    private static final byte[] TE_OPTION = Syntax.ascii("connection: te\r\n");
    private static final byte[] UPGRADE_OPTION = Syntax.ascii("connection: upgrade\r\n");
    private static final byte[] UPGRADE_TE_OPTION = Syntax.ascii("connection: upgrade, te\r\n");
    private static final byte[] UPGRADE = Syntax.ascii("upgrade: ");
    private static final byte[] TEXT = Syntax.ascii("content-type: text/plain\r\n");
    private static final byte[] POST = Syntax.ascii("POST");
    private static final byte[] PUT = Syntax.ascii("PUT");
    private static final byte[] PATCH = Syntax.ascii("PATCH");

    private final ChannelHandlerContext ctx;
    private @Nullable ByteBuf gathered;
    private Framing framing = Framing.NONE;
    private long remaining;

    MessageWriter(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    /**
     * Writes a request's head.
     *
     * @param end whether there is no body
     */
    void request(MessageHead head, boolean end) {
        ByteBuf out = gather(head.size() + FRAMING_BYTES_MAX);
        byte[] b = head.bytes();
        out.writeBytes(b, head.methodStart(), head.methodLength()).writeByte(' ');
        out.writeBytes(b, head.pathStart(), head.pathLength()).writeBytes(VERSION);
        out.writeBytes(HOST).writeBytes(b, head.authorityStart(), head.authorityLength());
        out.writeBytes(CRLF);
        fields(out, head);
        boolean mayHaveBody = !end || head.methodIs(POST) || head.methodIs(PUT);
        if (mayHaveBody || head.methodIs(PATCH)) {
            body(out, end ? 0 : head.bodyLength());
        } else {
            framing = Framing.LENGTH;
            remaining = 0;
        }
        if (head.hasUpgrade()) {
            out.writeBytes(head.teTrailers() ? UPGRADE_TE_OPTION : UPGRADE_OPTION);
            upgrade(out, head);
        } else if (head.teTrailers()) {
            out.writeBytes(TE_OPTION);
        }
        if (head.teTrailers()) {
            out.writeBytes(TE);
        }
        if (head.expectContinue() && !end) {
            out.writeBytes(EXPECT);
        }
        out.writeBytes(CRLF);
    }

    /** Writes an interim response's head, or that of 101, behind which both sides are a tunnel. */
    void interim(MessageHead head) {
        ByteBuf out = gather(head.size() + FRAMING_BYTES_MAX);
        out.writeBytes(StatusLines.line(head.status()));
        if (head.status() == 101) {
            out.writeBytes(UPGRADE_OPTION);
            upgrade(out, head);
            framing = Framing.RAW;
        }
        fields(out, head);
        out.writeBytes(CRLF);
    }

    /**
     * Writes a final response's head.
     *
     * @param end whether there is no body
     * @param toHead whether it answers HEAD
     * @param chunks whether the client knows chunks; without, a body of unknown length ends with
     *     the connection
     * @param connection what to say of the connection
     */
    void response(
            MessageHead head,
            boolean end,
            boolean toHead,
            boolean chunks,
            Persistence connection,
            byte[] dateLine) {
        ByteBuf out = gather(head.size() + FRAMING_BYTES_MAX);
        out.writeBytes(StatusLines.line(head.status()));
        fields(out, head);
        if (!head.has(HeaderName.DATE)) {
            out.writeBytes(dateLine);
        }
        responseFraming(out, head, end, toHead, chunks);
        switch (connection) {
            case CLOSE -> out.writeBytes(CLOSE);
            case KEEP_ALIVE -> out.writeBytes(KEEP_ALIVE);
            case DEFAULT -> {
                // HTTP/1.1 keeps connections unless it says otherwise.
            }
        }
        out.writeBytes(CRLF);
    }

    /** What a response says of its connection. */
    enum Persistence {
        DEFAULT,
        KEEP_ALIVE,
        CLOSE
    }

    /** Whether a response never has a body (RFC 9112 section 6.3). */
    static boolean isBodiless(int status, boolean toHead) {
        return toHead || status == 204 || status == 304;
    }

    private void responseFraming(
            ByteBuf out, MessageHead head, boolean end, boolean toHead, boolean chunks) {
        if (isBodiless(head.status(), toHead)) {
            framing = Framing.DROPPED;
            // Nothing may be announced for 204; for 304 only what is certainly meant.
            boolean announced = toHead ? head.bodyLength() >= 0 : head.bodyLength() > 0;
            if (announced && head.status() != 204) {
                length(out, head.bodyLength());
            }
        } else if (end) {
            body(out, 0);
        } else if (head.bodyLength() < 0 && !chunks) {
            framing = Framing.RAW;
        } else {
            body(out, head.bodyLength());
        }
    }

    private void body(ByteBuf out, long length) {
        if (length < 0) {
            framing = Framing.CHUNKED;
            out.writeBytes(CHUNKED);
        } else {
            framing = Framing.LENGTH;
            remaining = length;
            length(out, length);
        }
    }

    private static void length(ByteBuf out, long length) {
        out.writeBytes(LENGTH);
        decimal(out, length);
        out.writeBytes(CRLF);
    }

    private static void upgrade(ByteBuf out, MessageHead head) {
        out.writeBytes(UPGRADE);
        out.writeBytes(head.bytes(), head.upgradeStart(), head.upgradeLength()).writeBytes(CRLF);
    }

    /**
     * Writes a part of the body.
     *
     * @return whether it fits the announced length; if not, the message cannot be ended properly
     */
    boolean data(ByteBuf data, boolean end) {
        int length = data.readableBytes();
        switch (framing) {
            case NONE, DROPPED -> {
                data.release();
                return true;
            }
            case LENGTH -> {
                remaining -= length;
                if (remaining < 0 || (end && remaining > 0)) {
                    data.release();
                    return false;
                }
                raw(data, length);
            }
            case RAW -> raw(data, length);
            case CHUNKED -> {
                chunk(data, length);
                if (end) {
                    gather(LAST_CHUNK.length + CRLF.length).writeBytes(LAST_CHUNK).writeBytes(CRLF);
                }
            }
        }
        return true;
    }

    /** Writes the end of the body with trailers, which are dropped where they have no place. */
    boolean trailers(MessageHead trailers) {
        if (framing == Framing.CHUNKED) {
            ByteBuf out = gather(trailers.size() + FRAMING_BYTES_MAX);
            out.writeBytes(LAST_CHUNK);
            fields(out, trailers);
            out.writeBytes(CRLF);
            return true;
        }
        return framing != Framing.LENGTH || remaining == 0;
    }

    /** From here on what is sent passes as it is. */
    void tunnel() {
        framing = Framing.RAW;
    }

    /** Writes an answer of the codec's own, which ends the connection. */
    void refusal(int status, byte[] dateLine) {
        byte[] text = Syntax.ascii(status + " " + StatusLines.phrase(status) + "\n");
        ByteBuf out = gather(text.length + FRAMING_BYTES_MAX);
        out.writeBytes(StatusLines.line(status)).writeBytes(dateLine).writeBytes(TEXT);
        length(out, text.length);
        out.writeBytes(CLOSE).writeBytes(CRLF).writeBytes(text);
    }

    /** Whether a body that is cut off here would look whole, because only the close ends it. */
    boolean endsWithConnection() {
        return framing == Framing.RAW;
    }

    /** The message that was being written is over. */
    void end() {
        framing = Framing.NONE;
    }

    private void chunk(ByteBuf data, int length) {
        if (length == 0) {
            data.release();
            return;
        }
        boolean copied = length <= COPIED_MAX;
        ByteBuf out = gather(copied ? length + FRAMING_BYTES_MAX : FRAMING_BYTES_MAX);
        hexadecimal(out, length);
        out.writeBytes(CRLF);
        if (copied) {
            out.writeBytes(data).writeBytes(CRLF);
            data.release();
        } else {
            writeGathered();
            ctx.write(data, ctx.voidPromise());
            gather(FRAMING_BYTES_MAX).writeBytes(CRLF);
        }
    }

    private void raw(ByteBuf data, int length) {
        if (length == 0) {
            data.release();
        } else if (length <= COPIED_MAX) {
            gather(length).writeBytes(data);
            data.release();
        } else {
            writeGathered();
            ctx.write(data, ctx.voidPromise());
        }
    }

    private ByteBuf gather(int needed) {
        ByteBuf out = gathered;
        if (out != null && out.readableBytes() + needed > GATHERED_MAX) {
            writeGathered();
            out = null;
        }
        if (out == null) {
            out = ctx.alloc().ioBuffer(Math.max(needed, GATHERED_MIN));
            gathered = out;
        }
        return out.ensureWritable(needed);
    }

    private void writeGathered() {
        ByteBuf out = gathered;
        if (out != null) {
            gathered = null;
            ctx.write(out, ctx.voidPromise());
        }
    }

    /** Hands over what was gathered and flushes. */
    void flush() {
        writeGathered();
        ctx.flush();
    }

    /** Flushes and tells when everything written so far has left. */
    ChannelFuture flushAll() {
        ByteBuf out = gathered == null ? Unpooled.EMPTY_BUFFER : gathered;
        gathered = null;
        return ctx.writeAndFlush(out);
    }

    void release() {
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
    }

    /**
     * Writes the fields. Lines that stand in the head as they are to be written are copied as runs:
     * for a head that a parser of ours made and nobody changed these are a few copies.
     */
    private static void fields(ByteBuf out, MessageHead head) {
        byte[] b = head.bytes();
        int runStart = 0;
        int runEnd = 0;
        for (int i = 0; i < head.fieldCount(); i++) {
            int nameStart = head.nameStart(i);
            int nameEnd = nameStart + head.nameLength(i);
            int valueStart = head.valueStart(i);
            int valueEnd = valueStart + head.valueLength(i);
            assert isField(b, nameStart, nameEnd, valueStart, valueEnd) : "field " + i;
            if (isLine(b, head.size(), nameEnd, valueStart, valueEnd)) {
                if (nameStart != runEnd) {
                    out.writeBytes(b, runStart, runEnd - runStart);
                    runStart = nameStart;
                }
                runEnd = valueEnd + 2;
            } else {
                out.writeBytes(b, runStart, runEnd - runStart);
                runStart = 0;
                runEnd = 0;
                out.ensureWritable(nameEnd - nameStart + valueEnd - valueStart + 4);
                out.writeBytes(b, nameStart, nameEnd - nameStart).writeBytes(COLON);
                out.writeBytes(b, valueStart, valueEnd - valueStart).writeBytes(CRLF);
            }
        }
        out.writeBytes(b, runStart, runEnd - runStart);
    }

    /** Whether a field's line is {@code name: value CRLF} where it stands. */
    private static boolean isLine(byte[] b, int size, int nameEnd, int valueStart, int valueEnd) {
        return valueStart == nameEnd + 2
                && b[nameEnd] == ':'
                && b[nameEnd + 1] == ' '
                && valueEnd + 2 <= size
                && b[valueEnd] == Syntax.CR
                && b[valueEnd + 1] == Syntax.LF;
    }

    private static boolean isField(
            byte[] b, int nameStart, int nameEnd, int valueStart, int valueEnd) {
        return Syntax.isToken(b, nameStart, nameEnd)
                && Syntax.indexOfControl(b, valueStart, valueEnd) == valueEnd;
    }

    private static void decimal(ByteBuf out, long value) {
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        int end = out.ensureWritable(digits).writerIndex() + digits;
        long rest = value;
        for (int at = end - 1; at >= end - digits; at--) {
            out.setByte(at, (int) ('0' + rest % 10));
            rest /= 10;
        }
        out.writerIndex(end);
    }

    private static void hexadecimal(ByteBuf out, int value) {
        int shift = (31 - Integer.numberOfLeadingZeros(value)) & ~3;
        for (; shift >= 0; shift -= 4) {
            out.writeByte(Character.forDigit((value >>> shift) & 15, 16));
        }
    }
}
