package dev.penstock.e2e.node.lab;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An SCTP packet with one chunk (RFC 9260), made and read by hand: it needs no kernel with SCTP.
 *
 * @param tag the verification tag: 0 in an INIT
 * @param type the chunk's type
 * @param body the chunk without its header and padding
 */
record SctpPacket(int sourcePort, int port, int tag, int type, byte[] body) {
    static final int DATA = 0;
    static final int INIT = 1;
    static final int INIT_ACK = 2;
    static final int ABORT = 6;
    static final int COOKIE_ECHO = 10;
    static final int COOKIE_ACK = 11;

    private static final int COMMON_LENGTH = 12;
    private static final int CHECKSUM_OFFSET = 8;
    private static final int CHUNK_LENGTH = 4;
    private static final int INIT_LENGTH = 16;
    private static final int DATA_LENGTH = 12;
    private static final int WINDOW = 65_536;
    private static final int STATE_COOKIE = 7;
    private static final int WHOLE_MESSAGE = 3; // the flags B and E

    /** The body of an INIT, or of an INIT ACK without its cookie. */
    static byte[] opening(int ownTag) {
        return ByteBuffer.allocate(INIT_LENGTH)
                .putInt(ownTag)
                .putInt(WINDOW)
                .putShort((short) 1)
                .putShort((short) 1)
                .putInt(1)
                .array();
    }

    /** The body of an INIT ACK. */
    static byte[] openingWithCookie(int ownTag, byte[] cookie) {
        return ByteBuffer.allocate(INIT_LENGTH + CHUNK_LENGTH + cookie.length)
                .put(opening(ownTag))
                .putShort((short) STATE_COOKIE)
                .putShort((short) (CHUNK_LENGTH + cookie.length))
                .put(cookie)
                .array();
    }

    /** The body of a DATA chunk with the first message of a stream. */
    static byte[] message(byte[] text) {
        return ByteBuffer.allocate(DATA_LENGTH + text.length)
                .putInt(1)
                .putLong(0)
                .put(text)
                .array();
    }

    /**
     * How the body begins: in INIT and INIT ACK the tag that its sender wants to be spoken to with,
     * in COOKIE ECHO a cookie of four bytes.
     */
    int firstInt() {
        return ByteBuffer.wrap(body).getInt();
    }

    /** A packet back to who sent this. */
    SctpPacket answer(int answerTag, int answerType, byte[] answerBody) {
        return new SctpPacket(port, sourcePort, answerTag, answerType, answerBody);
    }

    /** The cookie of an INIT ACK, which has no other parameter here. */
    byte[] cookie() {
        return Arrays.copyOfRange(body, INIT_LENGTH + CHUNK_LENGTH, body.length);
    }

    /** The text of a DATA chunk. */
    byte[] text() {
        return Arrays.copyOfRange(body, DATA_LENGTH, body.length);
    }

    /** What goes into an IP packet. */
    ByteBuffer encode() {
        int padded = (body.length + 3) & ~3;
        ByteBuffer packet =
                ByteBuffer.allocate(COMMON_LENGTH + CHUNK_LENGTH + padded)
                        .putShort((short) sourcePort)
                        .putShort((short) port)
                        .putInt(tag)
                        .putInt(0)
                        .put((byte) type)
                        .put((byte) (type == DATA ? WHOLE_MESSAGE : 0))
                        .putShort((short) (CHUNK_LENGTH + body.length))
                        .put(body)
                        .position(0);
        return packet.order(ByteOrder.LITTLE_ENDIAN)
                .putInt(CHECKSUM_OFFSET, checksum(packet))
                .order(ByteOrder.BIG_ENDIAN);
    }

    /**
     * Reads the first chunk of a packet.
     *
     * @param packet what was in an IP packet
     * @return null if it is none, or its checksum is wrong, as after a translation that forgot it
     */
    static @Nullable SctpPacket decode(ByteBuffer packet) {
        ByteBuffer in = packet.slice();
        if (in.remaining() < COMMON_LENGTH + CHUNK_LENGTH) {
            return null;
        }
        int claimed = in.order(ByteOrder.LITTLE_ENDIAN).getInt(CHECKSUM_OFFSET);
        ByteBuffer blank = ByteBuffer.allocate(in.remaining()).put(in.duplicate()).flip();
        if (claimed != checksum(blank.putInt(CHECKSUM_OFFSET, 0))) {
            return null;
        }
        int length = blank.getShort(COMMON_LENGTH + 2) & 0xffff;
        if (length < CHUNK_LENGTH || COMMON_LENGTH + length > blank.limit()) {
            return null;
        }
        byte[] body = new byte[length - CHUNK_LENGTH];
        blank.get(COMMON_LENGTH + CHUNK_LENGTH, body);
        return new SctpPacket(
                blank.getShort(0) & 0xffff,
                blank.getShort(2) & 0xffff,
                blank.getInt(4),
                blank.get(COMMON_LENGTH) & 0xff,
                body);
    }

    private static int checksum(ByteBuffer packet) {
        CRC32C checksum = new CRC32C();
        checksum.update(packet.duplicate());
        return (int) checksum.getValue();
    }
}
