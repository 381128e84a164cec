package dev.penstock.controller.decode;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Reads IP addresses, without ever asking DNS. */
final class Addresses {

    private static final int GROUPS = 8;

    private Addresses() {}

    /**
     * The canonical text form of an IP address: dotted decimal, or RFC 5952.
     *
     * @return null when the text is no address, has a zone, or is one of the short forms of IPv4
     */
    static @Nullable String canonical(String text) {
        if (text.isEmpty() || text.indexOf('%') >= 0 || text.indexOf('[') >= 0) {
            return null;
        }
        char first = text.charAt(0);
        if (Character.digit(first, 16) < 0 && first != ':') {
            return null;
        }
        InetAddress address;
        try {
            address = InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException _) {
            // Not an address: that is the answer.
            return null;
        }
        return switch (address) {
            case Inet4Address v4 when text.indexOf(':') < 0 ->
                    v4.getHostAddress().equals(text) ? text : null;
            case Inet4Address v4 -> v4.getHostAddress();
            case Inet6Address v6 -> canonical(v6.getAddress());
            default -> null;
        };
    }

    /** RFC 5952 section 4: lower case, no leading zeros, the longest run of zero groups as ::. */
    private static String canonical(byte[] bytes) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = ((bytes[2 * i] & 0xff) << 8) | (bytes[2 * i + 1] & 0xff);
        }
        int bestStart = -1;
        int bestLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int length = 0;
            while (i + length < GROUPS && groups[i + length] == 0) {
                length++;
            }
            if (length > bestLength) {
                bestStart = i;
                bestLength = length;
            }
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < GROUPS; i++) {
            if (i == bestStart) {
                text.append("::");
                i += bestLength - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
