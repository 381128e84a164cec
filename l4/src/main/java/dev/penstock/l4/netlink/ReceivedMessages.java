package dev.penstock.l4.netlink;

import static dev.penstock.l4.netlink.NetlinkMessage.HEADER_LENGTH;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The messages of one datagram of the kernel's, one after the other ({@code struct nlmsghdr}). All
 * lengths are checked: what is too short is a {@link GarbledAnswerException}. One thread.
 */
final class ReceivedMessages {

    private static final int TYPE_ERROR = 2;
    private static final int FLAG_CAPPED = 0x100;
    private static final int FLAG_ACK_TLVS = 0x200;
    private static final int ATTRIBUTE_MESSAGE = 1;

    private final ByteBuffer bytes;

    /**
     * @param bytes in the machine's byte order, from its position to its limit; the position
     *     follows what is read
     */
    ReceivedMessages(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** Whether there is a message at the position. */
    boolean isAtMessage() {
        if (!bytes.hasRemaining()) {
            return false;
        }
        boolean isWhole =
                bytes.remaining() >= HEADER_LENGTH
                        && length() >= HEADER_LENGTH
                        && length() <= bytes.remaining();
        if (!isWhole) {
            throw new GarbledAnswerException("a message ends before its length");
        }
        return true;
    }

    private int length() {
        return bytes.getInt(bytes.position());
    }

    int type() {
        return bytes.getShort(bytes.position() + 4) & 0xffff;
    }

    int flags() {
        return bytes.getShort(bytes.position() + 6) & 0xffff;
    }

    int sequence() {
        return bytes.getInt(bytes.position() + 8);
    }

    /** What follows the header. */
    ByteBuffer payload() {
        return bytes.slice(bytes.position() + HEADER_LENGTH, length() - HEADER_LENGTH)
                .order(ByteOrder.nativeOrder());
    }

    /** The error number that the message begins with; 0 for none. */
    int errno() {
        ByteBuffer payload = payload();
        if (payload.remaining() < Integer.BYTES) {
            throw new GarbledAnswerException("an error has no number");
        }
        return -payload.getInt();
    }

    /** The kernel's own words of an error, which newer kernels add; empty where it has none. */
    String errorText() {
        ByteBuffer payload = payload();
        if ((flags() & FLAG_ACK_TLVS) == 0
                || type() != TYPE_ERROR
                || payload.limit() < Integer.BYTES + HEADER_LENGTH) {
            return "";
        }
        // The error number, then the request: its header alone where the kernel shortens it.
        int request = (flags() & FLAG_CAPPED) != 0 ? HEADER_LENGTH : payload.getInt(4);
        if (request < HEADER_LENGTH || request > payload.limit() - Integer.BYTES) {
            throw new GarbledAnswerException("an error is shorter than what it is about");
        }
        int start = Math.min(payload.limit(), Integer.BYTES + ((request + 3) & ~3));
        return new Attributes(payload.position(start)).string(ATTRIBUTE_MESSAGE);
    }

    /** Goes to the next message. */
    void skip() {
        // The last one may lack the bytes that fill it up to a multiple of four.
        long next = bytes.position() + ((length() + 3L) & ~3L);
        bytes.position((int) Math.min(bytes.limit(), next));
    }
}
