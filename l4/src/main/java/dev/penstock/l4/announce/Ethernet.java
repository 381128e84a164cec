package dev.penstock.l4.announce;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Ethernet's header: destination, source and type. */
final class Ethernet {

    static final int HEADER_LENGTH = 14;
    static final int TYPE_OFFSET = 12;
    static final int ADDRESS_LENGTH = 6;

    static final int IPV4 = 0x0800;
    static final int ARP = 0x0806;
    static final int IPV6 = 0x86dd;

    static final byte[] BROADCAST = {-1, -1, -1, -1, -1, -1};

    private Ethernet() {}

    /** Whether a link address may be one host's: not all zeros and not of a group. */
    static boolean isOfHost(byte[] link) {
        int all = 0;
        for (byte part : link) {
            all |= part;
        }
        return all != 0 && (link[0] & 1) == 0;
    }

    static byte[] bytes(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    static String text(byte[] link) {
        return HexFormat.ofDelimiter(":").formatHex(link);
    }
}
