package dev.penstock.l4.nftables;

import dev.penstock.l4.netlink.Attributes;
import dev.penstock.l4.netlink.GarbledAnswerException;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.address.Cidr;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * An element of a set or map as the kernel has it, in the words of our scripts.
 *
 * @param key its key
 * @param value what the map has for it; empty in a set
 */
record KernelElement(String key, String value) {

    // include/uapi/linux/netfilter/nf_tables.h
    private static final int KEY = 1;
    private static final int DATA = 2;
    private static final int KEY_END = 10;
    private static final int DATA_VALUE = 1;
    private static final int DATA_VERDICT = 2;
    private static final int VERDICT_CODE = 1;
    private static final int VERDICT_CHAIN = 2;
    private static final int DROP = 0;
    private static final int JUMP = -3;
    private static final int GOTO = -4;
    private static final int RETURN = -5;

    private static final int WORD = 4;

    /** Reads one. */
    static KernelElement of(Dialect dialect, Collection collection, Attributes element) {
        byte[] start = element.nested(KEY).array(DATA_VALUE);
        byte[] end = element.has(KEY_END) ? element.nested(KEY_END).array(DATA_VALUE) : start;
        StringBuilder key = new StringBuilder();
        int at = 0;
        for (Field field : collection.key()) {
            int length = length(dialect, field);
            if (at > 0) {
                key.append(" . ");
            }
            byte[] value = part(start, at, length);
            key.append(
                    collection.isInterval() && field == Field.CLIENT
                            ? range(value, part(end, at, length))
                            : text(field, value));
            at += length;
        }
        return new KernelElement(key.toString(), value(dialect, collection, element.nested(DATA)));
    }

    private static String value(Dialect dialect, Collection collection, Attributes data) {
        byte[] bytes = data.array(DATA_VALUE);
        return switch (collection.value()) {
            case NONE -> "";
            case VERDICT -> verdict(data.nested(DATA_VERDICT));
            case AFFINITY -> text(Field.AFFINITY, part(bytes, 0, WORD));
            case ENDPOINT -> {
                int length = length(dialect, Field.DESTINATION);
                yield text(Field.DESTINATION, part(bytes, 0, length))
                        + " . "
                        + text(Field.PORT, part(bytes, length, WORD));
            }
        };
    }

    private static String verdict(Attributes verdict) {
        int code = verdict.networkU32(VERDICT_CODE, Integer.MAX_VALUE);
        return switch (code) {
            case DROP -> "drop";
            case RETURN -> "return";
            case GOTO -> "goto " + verdict.string(VERDICT_CHAIN);
            case JUMP -> "jump " + verdict.string(VERDICT_CHAIN);
            default -> "verdict " + code;
        };
    }

    private static int length(Dialect dialect, Field field) {
        return switch (field) {
            case DESTINATION, CLIENT -> dialect.family().bits() / 8;
            case PROTOCOL, PORT, SLOT, AFFINITY -> WORD;
        };
    }

    private static byte[] part(byte[] bytes, int from, int length) {
        if (bytes.length < from + length) {
            throw new GarbledAnswerException("an element has no whole key or value");
        }
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    private static String text(Field field, byte[] bytes) {
        return switch (field) {
            case DESTINATION, CLIENT -> AddressText.of(address(bytes));
            case PROTOCOL ->
                    switch (bytes[0] & 0xff) {
                        case 6 -> "tcp";
                        case 17 -> "udp";
                        case 132 -> "sctp";
                        default -> Integer.toString(bytes[0] & 0xff);
                    };
            case PORT -> Integer.toString((bytes[0] & 0xff) << 8 | (bytes[1] & 0xff));
            case SLOT -> Integer.toUnsignedString(number(bytes));
            case AFFINITY -> AffinityIds.text(number(bytes));
        };
    }

    private static int number(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt();
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("addresses have a length of their family", e);
        }
    }

    /** Only networks are ever put there: all bits behind the first different one differ. */
    private static String range(byte[] start, byte[] end) {
        int prefixLength = 8 * start.length;
        for (int i = start.length - 1; i >= 0 && prefixLength > 8 * i; i--) {
            int different = Integer.bitCount((start[i] ^ end[i]) & 0xff);
            prefixLength -= different;
            if (different < 8) {
                break;
            }
        }
        return text(new Cidr(address(start), prefixLength));
    }

    /** A network as we write it. */
    static String text(Cidr network) {
        return AddressText.of(network.network()) + "/" + network.prefixLength();
    }
}
