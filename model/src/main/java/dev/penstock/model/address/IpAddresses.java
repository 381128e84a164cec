package dev.penstock.model.address;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** IP addresses as bytes and in their canonical text form. Never asks DNS. */
public final class IpAddresses {

    private static final int IPV6_GROUPS = 8;

    private IpAddresses() {}

    /** The bytes of an address in text form. */
    public static byte[] bytes(String address) {
        return InetAddress.ofLiteral(address).getAddress();
    }

    /** The canonical text form of bytes of which the first are an address. */
    public static String text(byte[] bytes, int length) {
        try {
            return text(InetAddress.getByAddress(Arrays.copyOf(bytes, length)));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("address length: " + length, e);
        }
    }

    /** The canonical text form (RFC 5952). */
    public static String text(InetAddress address) {
        if (address instanceof Inet4Address) {
            return address.getHostAddress();
        }
        byte[] bytes = address.getAddress();
        int[] groups = new int[IPV6_GROUPS];
        for (int i = 0; i < IPV6_GROUPS; i++) {
            groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
        }
        return text(groups);
    }

    private static String text(int[] groups) {
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
