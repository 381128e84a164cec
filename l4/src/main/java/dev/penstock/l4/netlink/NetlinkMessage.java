package dev.penstock.l4.netlink;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A netlink request under construction: {@code nlmsghdr}, the protocol's own header, attributes
 * (Linux, {@code include/uapi/linux/netlink.h}). Numbers are in the machine's byte order unless the
 * method says otherwise; everything is padded to four bytes.
 */
public final class NetlinkMessage {

    /** {@code NLM_F_REPLACE}: change what exists. */
    public static final int REPLACE = 0x100;

    /** {@code NLM_F_EXCL}: fail if it exists. */
    public static final int EXCLUSIVE = 0x200;

    /** {@code NLM_F_CREATE}: make it if it does not exist. */
    public static final int CREATE = 0x400;

    static final int HEADER_LENGTH = 16;
    static final int REQUEST = 0x1;
    static final int ACK = 0x4;
    static final int DUMP = 0x300;

    private static final int NESTED = 0x8000;
    private static final int ATTRIBUTE_HEADER_LENGTH = 4;
    private static final int FIRST_SIZE = 256;

    private final String operation;
    private ByteBuffer buffer = NativeSocket.nativeBuffer(FIRST_SIZE);

    /**
     * Begins a request.
     *
     * @param operation what it does, as it follows "cannot" in messages: {@code "add link x"}
     * @param type the message type; of generic netlink the family's number
     * @param flags such as {@link #CREATE}; those for answers are set by {@link NetlinkSocket}
     */
    public NetlinkMessage(String operation, int type, int flags) {
        this.operation = operation;
        buffer.putInt(0).putShort((short) type).putShort((short) (flags | REQUEST));
        buffer.putInt(0).putInt(0);
    }

    /** Begins a generic netlink request ({@code genlmsghdr}). */
    public static NetlinkMessage generic(String operation, int family, int command, int version) {
        return new NetlinkMessage(operation, family, 0)
                .bytes(new byte[] {(byte) command, (byte) version, 0, 0});
    }

    /** Adds bytes that are no attribute, such as the protocol's own header. */
    public NetlinkMessage bytes(byte[] value) {
        room(value.length);
        buffer.put(value);
        pad();
        return this;
    }

    /** Adds an attribute. */
    public NetlinkMessage put(int attribute, byte[] value) {
        header(attribute, value.length);
        buffer.put(value);
        pad();
        return this;
    }

    /** Adds an attribute without a value. */
    public NetlinkMessage putFlag(int attribute) {
        header(attribute, 0);
        return this;
    }

    public NetlinkMessage putU8(int attribute, int value) {
        header(attribute, Byte.BYTES);
        buffer.put((byte) value);
        pad();
        return this;
    }

    public NetlinkMessage putU16(int attribute, int value) {
        header(attribute, Short.BYTES);
        buffer.putShort((short) value);
        pad();
        return this;
    }

    public NetlinkMessage putU32(int attribute, int value) {
        header(attribute, Integer.BYTES);
        buffer.putInt(value);
        return this;
    }

    /** Adds a number in network byte order, such as a port. */
    public NetlinkMessage putNetworkU16(int attribute, int value) {
        header(attribute, Short.BYTES);
        buffer.put((byte) (value >>> 8)).put((byte) value);
        pad();
        return this;
    }

    /** Adds a number in network byte order. */
    public NetlinkMessage putNetworkU32(int attribute, int value) {
        header(attribute, Integer.BYTES);
        buffer.order(ByteOrder.BIG_ENDIAN).putInt(value).order(ByteOrder.nativeOrder());
        return this;
    }

    /** Adds a text, with the zero byte that ends it in C. */
    public NetlinkMessage putString(int attribute, String value) {
        byte[] text = value.getBytes(UTF_8);
        header(attribute, text.length + 1);
        buffer.put(text).put((byte) 0);
        pad();
        return this;
    }

    /** Begins an attribute that consists of attributes. */
    public Nest nest(int attribute) {
        int start = buffer.position();
        header(attribute | NESTED, 0);
        return new Nest(start);
    }

    /** What {@link #nest} began; what is added until {@link #end} is inside. */
    public final class Nest {

        private final int start;

        private Nest(int start) {
            this.start = start;
        }

        /** Ends it. */
        public void end() {
            buffer.putShort(start, (short) (buffer.position() - start));
        }
    }

    /** What follows {@code nlmsghdr} as it stands; for tests of what is encoded. */
    public ByteBuffer attributes() {
        return buffer.slice(HEADER_LENGTH, buffer.position() - HEADER_LENGTH)
                .order(ByteOrder.nativeOrder());
    }

    String operation() {
        return operation;
    }

    int length() {
        return buffer.position();
    }

    /** Writes it out as it stands, with further flags and a sequence number. */
    void writeTo(ByteBuffer target, int moreFlags, int sequence) {
        int start = target.position();
        int length = buffer.position();
        target.put(start, buffer, 0, length).position(start + length);
        target.putInt(start, length);
        target.putShort(start + 6, (short) (buffer.getShort(6) | moreFlags));
        target.putInt(start + 8, sequence);
    }

    private void header(int attribute, int valueLength) {
        room(ATTRIBUTE_HEADER_LENGTH + valueLength);
        buffer.putShort((short) (ATTRIBUTE_HEADER_LENGTH + valueLength));
        buffer.putShort((short) attribute);
    }

    /** Makes room for that many bytes and their padding. */
    private void room(int length) {
        if (buffer.remaining() < length + Integer.BYTES) {
            ByteBuffer larger =
                    NativeSocket.nativeBuffer(2 * (buffer.capacity() + length + Integer.BYTES));
            buffer = larger.put(buffer.flip());
        }
    }

    private void pad() {
        while (buffer.position() % Integer.BYTES != 0) {
            buffer.put((byte) 0);
        }
    }
}
