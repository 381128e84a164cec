package dev.penstock.proxy.observe;

import java.net.Inet4Address;
import java.net.InetAddress;

/** IP addresses as text (RFC 5952). */
final class AddressText {

    private static final int GROUPS = 8;

    private AddressText() {}

    static void put(LineBuffer to, InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address) {
            putV4(to, bytes);
        } else {
            putV6(to, bytes);
        }
    }

    private static void putV4(LineBuffer to, byte[] bytes) {
        for (int i = 0; i < 4; i++) {
            if (i > 0) {
                to.put('.');
            }
            to.put(bytes[i] & 0xff);
        }
    }

    /**
     * The longest run of at least two zero groups, the first of equals, is written as {@code ::}.
     */
    private static void putV6(LineBuffer to, byte[] bytes) {
        int runStart = -1;
        int runLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && group(bytes, end) == 0) {
                end++;
            }
            if (end - i > runLength) {
                runStart = i;
                runLength = end - i;
            }
        }
        int i = 0;
        while (i < GROUPS) {
            if (i == runStart) {
                to.put("::");
                i += runLength;
            } else {
                if (i > 0 && i != runStart + runLength) {
                    to.put(':');
                }
                to.putHexNumber(group(bytes, i));
                i++;
            }
        }
    }

    private static int group(byte[] bytes, int index) {
        return (bytes[index * 2] & 0xff) << 8 | (bytes[index * 2 + 1] & 0xff);
    }
}
