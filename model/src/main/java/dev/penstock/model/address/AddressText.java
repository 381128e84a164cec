package dev.penstock.model.address;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The canonical text form of IP addresses: dotted decimal, or RFC 5952. Two addresses are the same
 * if and only if their texts are.
 */
public final class AddressText {

    private static final int IPV6_GROUPS = 8;

    private AddressText() {}

    /** The canonical text of an address, without a zone. */
    public static String of(InetAddress address) {
        if (address instanceof Inet4Address) {
            return address.getHostAddress();
        }
        byte[] bytes = address.getAddress();
        int[] groups = new int[IPV6_GROUPS];
        for (int i = 0; i < IPV6_GROUPS; i++) {
            groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
        }
        return ipv6(groups);
    }

    /**
     * The canonical text of bytes of which the first are an address.
     *
     * @param length 4 or 16
     */
    public static String of(byte[] bytes, int length) {
        try {
            return of(InetAddress.getByAddress(Arrays.copyOf(bytes, length)));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("address length: " + length, e);
        }
    }

    /**
     * The 4 or 16 bytes of an address in text form.
     *
     * @throws IllegalArgumentException if the text is no address
     */
    public static byte[] bytes(String address) {
        return InetAddress.ofLiteral(address).getAddress();
    }

    /** An address and port as in a URL's authority (RFC 3986): an IPv6 address in brackets. */
    public static String authority(String address, int port) {
        return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + port;
    }

    /** A resolved socket address as in a URL's authority. */
    public static String authority(InetSocketAddress address) {
        return authority(address.getAddress().getHostAddress(), address.getPort());
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

    private static String ipv6(int[] groups) {
        int start = -1;
        int length = 1; // a single zero group is not shortened
        for (int i = 0; i < IPV6_GROUPS; i++) {
            int zeros = 0;
            while (i + zeros < IPV6_GROUPS && groups[i + zeros] == 0) {
                zeros++;
            }
            if (zeros > length) {
                start = i;
                length = zeros;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < IPV6_GROUPS; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
            } else {
                boolean first = text.isEmpty() || text.charAt(text.length() - 1) == ':';
                text.append(first ? "" : ":").append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
