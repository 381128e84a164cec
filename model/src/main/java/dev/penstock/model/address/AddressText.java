package dev.penstock.model.address;

import java.net.Inet4Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The canonical text form of IP addresses: dotted decimal, or RFC 5952. Two addresses are the same
 * if and only if their texts are.
 */
public final class AddressText {

    private AddressText() {}

    /** The canonical text of an address, without a zone. */
    public static String of(InetAddress address) {
        return IpAddresses.text(address);
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
}
