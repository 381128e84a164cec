package dev.penstock.l4.netlink;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a message or of a nested attribute, to read. Views of the message's bytes: they
 * hold as long as it does. An attribute that is not there, or shorter than what is asked for, is
 * the default; one that ends before its length is a {@link GarbledAnswerException}.
 */
public final class Attributes {

    /** No attributes. */
    public static final Attributes NONE = new Attributes(ByteBuffer.allocate(0));

    private static final int HEADER_LENGTH = 4;
    private static final int TYPE_MASK = 0x3fff; // without NLA_F_NESTED and NLA_F_NET_BYTEORDER

    private final ByteBuffer bytes;

    /**
     * @param bytes from its position to its limit
     */
    public Attributes(ByteBuffer bytes) {
        this.bytes = bytes.slice().order(ByteOrder.nativeOrder());
    }

    /** One attribute of a list in which a type may come more than once, or is an index. */
    public record Attribute(int type, ByteBuffer value) {

        /** The attributes that it consists of. */
        public Attributes nested() {
            return new Attributes(value);
        }
    }

    /** All of them, in order. */
    public List<Attribute> all() {
        List<Attribute> all = new ArrayList<>();
        for (int at = 0; isAttribute(at); at = next(at)) {
            all.add(new Attribute(type(at), value(at)));
        }
        return all;
    }

    public boolean has(int type) {
        return find(type) >= 0;
    }

    /** The value; null if it is not there. */
    public @Nullable ByteBuffer bytes(int type) {
        int at = find(type);
        return at < 0 ? null : value(at);
    }

    /** A copy of the value; empty if it is not there. */
    public byte[] array(int type) {
        ByteBuffer value = bytes(type);
        if (value == null) {
            return new byte[0];
        }
        byte[] copy = new byte[value.remaining()];
        value.get(copy);
        return copy;
    }

    /** The attributes that it consists of; none if it is not there. */
    public Attributes nested(int type) {
        ByteBuffer value = bytes(type);
        return value == null ? NONE : new Attributes(value);
    }

    public int u8(int type, int otherwise) {
        int at = find(type, Byte.BYTES);
        return at < 0 ? otherwise : bytes.get(at) & 0xff;
    }

    public int u16(int type, int otherwise) {
        int at = find(type, Short.BYTES);
        return at < 0 ? otherwise : bytes.getShort(at) & 0xffff;
    }

    /** All 32 bits; a number above {@link Integer#MAX_VALUE} comes out negative. */
    public int u32(int type, int otherwise) {
        int at = find(type, Integer.BYTES);
        return at < 0 ? otherwise : bytes.getInt(at);
    }

    public long u64(int type, long otherwise) {
        int at = find(type, Long.BYTES);
        return at < 0 ? otherwise : bytes.getLong(at);
    }

    /** A number in network byte order. */
    public int networkU16(int type, int otherwise) {
        int at = find(type, Short.BYTES);
        return at < 0 ? otherwise : (bytes.get(at) & 0xff) << 8 | (bytes.get(at + 1) & 0xff);
    }

    /** A number in network byte order. */
    public int networkU32(int type, int otherwise) {
        int at = find(type, Integer.BYTES);
        if (at < 0) {
            return otherwise;
        }
        int value = bytes.getInt(at);
        return bytes.order() == ByteOrder.BIG_ENDIAN ? value : Integer.reverseBytes(value);
    }

    /** A text without the zero byte that ends it; empty if it is not there. */
    public String string(int type) {
        byte[] value = array(type);
        int length = 0;
        while (length < value.length && value[length] != 0) {
            length++;
        }
        return new String(value, 0, length, UTF_8);
    }

    /** Where the value of an attribute begins that has at least that length; -1 for none. */
    private int find(int type, int valueLength) {
        int at = find(type);
        return at >= 0 && length(at) >= HEADER_LENGTH + valueLength ? at + HEADER_LENGTH : -1;
    }

    /** Where an attribute begins; -1 for none. */
    private int find(int type) {
        for (int at = 0; isAttribute(at); at = next(at)) {
            if (type(at) == type) {
                return at;
            }
        }
        return -1;
    }

    private boolean isAttribute(int at) {
        if (at + HEADER_LENGTH > bytes.limit()) {
            return false; // the end, or what is left of padding
        }
        if (length(at) < HEADER_LENGTH || at + length(at) > bytes.limit()) {
            throw new GarbledAnswerException("an attribute ends before its length");
        }
        return true;
    }

    private int length(int at) {
        return bytes.getShort(at) & 0xffff;
    }

    private int type(int at) {
        return bytes.getShort(at + 2) & TYPE_MASK;
    }

    private int next(int at) {
        return at + ((length(at) + 3) & ~3);
    }

    private ByteBuffer value(int at) {
        return bytes.slice(at + HEADER_LENGTH, length(at) - HEADER_LENGTH)
                .order(ByteOrder.nativeOrder());
    }
}
