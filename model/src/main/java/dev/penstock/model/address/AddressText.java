package dev.penstock.model.address;

import java.net.Inet4Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The canonical text form of IP addresses: dotted decimal, or RFC 5952. Two addresses are the same
 * if and only if their texts are.
 */
public final class AddressText {

    private static final int GROUPS = 8;

    private AddressText() {}

    /** The canonical text of an address, without a zone. */
    public static String of(InetAddress address) {
        return address instanceof Inet4Address
                ? address.getHostAddress()
                : canonical(address.getAddress());
    }

    /**
     * Reads an address, without ever asking DNS.
     *
     * @return null when the text is no address, has a zone, or is one of the short forms of IPv4
     */
    public static @Nullable InetAddress parse(String text) {
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
        boolean shortForm =
                address instanceof Inet4Address
                        && text.indexOf(':') < 0
                        && !address.getHostAddress().equals(text);
        return shortForm ? null : address;
    }

    /**
     * Reads an address and writes it canonically.
     *
     * @return null where {@link #parse} gives none
     */
    public static @Nullable String canonical(String text) {
        InetAddress address = parse(text);
        return address == null ? null : of(address);
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
