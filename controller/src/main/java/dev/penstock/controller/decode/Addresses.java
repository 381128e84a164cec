package dev.penstock.controller.decode;

import dev.penstock.model.address.IpAddresses;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Reads IP addresses, without ever asking DNS. */
final class Addresses {

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
            case Inet6Address v6 -> IpAddresses.text(v6);
            default -> null;
        };
    }
}
