package dev.penstock.l4.announce;

import java.net.Inet6Address;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** The header of IPv6 (RFC 8200), as far as neighbour discovery needs it. */
final class Ipv6 {

    static final int HEADER_LENGTH = 40;
    static final int LENGTH_OFFSET = 4;
    static final int NEXT_OFFSET = 6;
    static final int HOPS_OFFSET = 7;
    static final int SOURCE_OFFSET = 8;
    static final int DESTINATION_OFFSET = 24;

    static final int ICMP = 58;

    /** No router has passed it on. */
    static final int HOPS_OF_NEIGHBOUR = 255;

    private Ipv6() {}

    static boolean isFromNeighbour(ByteBuffer frame) {
        return (frame.get(Ethernet.HEADER_LENGTH) & 0xf0) == 0x60
                && frame.get(Ethernet.HEADER_LENGTH + NEXT_OFFSET) == ICMP
                && frame.get(Ethernet.HEADER_LENGTH + HOPS_OFFSET) == (byte) HOPS_OF_NEIGHBOUR;
    }

    static Inet6Address address(ByteBuffer in, int at) {
        byte[] bytes = new byte[16];
        in.get(at, bytes);
        return of(bytes);
    }

    /** The group that hosts with an address listen to (RFC 4291, section 2.7.1). */
    static Inet6Address solicitedNode(Inet6Address address) {
        byte[] bytes = address.getAddress();
        byte[] group = {(byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, (byte) 0xff, 0, 0, 0};
        System.arraycopy(bytes, 13, group, 13, 3);
        return of(group);
    }

    static Inet6Address of(byte[] bytes) {
        try {
            // Not getByAddress(byte[]) of InetAddress: that makes IPv4 of mapped addresses.
            return Inet6Address.getByAddress(null, bytes, -1);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 16 bytes", e);
        }
    }

    /**
     * The sum over the pseudo header and what follows the IPv6 header (RFC 4443, section 2.3).
     *
     * @param frame from the Ethernet header to its limit
     * @return what belongs into a header whose sum is 0, and 0 for a right one
     */
    static int checksum(ByteBuffer frame, int from) {
        int sum = frame.limit() - from + ICMP;
        for (int at = Ethernet.HEADER_LENGTH + SOURCE_OFFSET; at < frame.limit(); at += 2) {
            int low = at + 1 < frame.limit() ? frame.get(at + 1) & 0xff : 0;
            sum += (frame.get(at) & 0xff) << 8 | low;
        }
        while (sum >> 16 != 0) {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return ~sum & 0xffff;
    }
}
