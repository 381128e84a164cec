package dev.penstock.l4;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses no Service may lead to, whoever writes it: those of this machine itself and those
 * a cloud answers with credentials. Guards against Services and slices that are written to reach
 * them through the proxy (server-side request forgery).
 *
 * @param loopbackAllowed whether loopback addresses and names may be reached
 */
record AddressRules(boolean loopbackAllowed) {

    /** Where clouds serve instance metadata, beside link-local addresses. */
    private static final Set<InetAddress> METADATA =
            Set.of(
                    InetAddress.ofLiteral("fd00:ec2::254"), // AWS
                    InetAddress.ofLiteral("fd20:ce::254"), // Google Cloud
                    InetAddress.ofLiteral("168.63.129.16"), // Azure
                    InetAddress.ofLiteral("100.100.100.200"), // Alibaba Cloud
                    InetAddress.ofLiteral("192.0.0.192")); // Oracle Cloud

    private static final byte[] NAT64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
    private static final byte[] COMPATIBLE = new byte[12];

    /** What kind of forbidden address this is, as in "is a loopback address"; null if allowed. */
    @Nullable String refusal(InetAddress address) {
        if (address.isLoopbackAddress()) {
            return loopbackAllowed ? null : "loopback";
        }
        if (METADATA.contains(address)) {
            return "metadata";
        }
        if (address.isLinkLocalAddress()) {
            return "link-local";
        }
        if (address.isMulticastAddress()) {
            return "multicast";
        }
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address) {
            return refusalOfIpv4(bytes);
        }
        if (address.isAnyLocalAddress()) {
            return "unspecified";
        }
        // IPv4-mapped addresses have become Inet4Address; these forms carry an IPv4 address too.
        boolean embeds = beginsWith(bytes, NAT64) || beginsWith(bytes, COMPATIBLE);
        return embeds ? refusal(ipv4(Arrays.copyOfRange(bytes, 12, 16))) : null;
    }

    private static @Nullable String refusalOfIpv4(byte[] bytes) {
        if (bytes[0] == 0) {
            return "unspecified"; // 0.0.0.0/8, "this host on this network" (RFC 1122)
        }
        boolean broadcast = bytes[0] == -1 && bytes[1] == -1 && bytes[2] == -1 && bytes[3] == -1;
        return broadcast ? "broadcast" : null;
    }

    private static boolean beginsWith(byte[] bytes, byte[] prefix) {
        return Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static InetAddress ipv4(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    /** Whether an external name must not even be asked for. */
    boolean refusesName(String name) {
        return isLocalName(name) && !loopbackAllowed;
    }

    /** Whether a name means this machine (RFC 6761 section 6.3). */
    static boolean isLocalName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.equals("localhost") || lower.endsWith(".localhost");
    }

    /** The address that a text is the literal of; null where it is none. */
    static @Nullable InetAddress parse(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException _) {
            return null; // a name, or nothing at all
        }
    }
}
