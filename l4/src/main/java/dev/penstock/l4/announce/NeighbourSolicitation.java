package dev.penstock.l4.announce;

import java.net.Inet6Address;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A neighbour solicitation (RFC 4861, section 4.3) on Ethernet.
 *
 * @param senderLink where the frame came from, 6 bytes
 * @param source who asks; {@code ::} while a host tries out an address of its own
 * @param target the address that is looked for
 */
record NeighbourSolicitation(byte[] senderLink, Inet6Address source, Inet6Address target) {

    static final int TYPE = 135;

    private static final int ICMP_OFFSET = Ethernet.HEADER_LENGTH + Ipv6.HEADER_LENGTH;
    private static final int LENGTH_MIN = 24;
    private static final int OPTION_UNIT = 8;
    private static final int SOURCE_LINK_OPTION = 1;

    /**
     * Reads a frame as RFC 4861, section 7.1.1, wants it.
     *
     * @param frame from its position to its limit; both stay
     * @return null if it is no valid solicitation
     */
    static @Nullable NeighbourSolicitation parse(ByteBuffer frame) {
        ByteBuffer in = frame.slice();
        if (in.remaining() < ICMP_OFFSET + LENGTH_MIN
                || (in.getShort(Ethernet.TYPE_OFFSET) & 0xffff) != Ethernet.IPV6) {
            return null;
        }
        int length = in.getShort(Ethernet.HEADER_LENGTH + Ipv6.LENGTH_OFFSET) & 0xffff;
        if (!Ipv6.isFromNeighbour(in)
                || length < LENGTH_MIN
                || length > in.remaining() - ICMP_OFFSET) {
            return null;
        }
        in.limit(ICMP_OFFSET + length);
        if (in.get(ICMP_OFFSET) != (byte) TYPE
                || in.get(ICMP_OFFSET + 1) != 0
                || Ipv6.checksum(in, ICMP_OFFSET) != 0) {
            return null;
        }
        return read(in);
    }

    private static @Nullable NeighbourSolicitation read(ByteBuffer in) {
        byte[] link = new byte[Ethernet.ADDRESS_LENGTH];
        in.get(Ethernet.ADDRESS_LENGTH, link);
        Inet6Address source = Ipv6.address(in, Ethernet.HEADER_LENGTH + Ipv6.SOURCE_OFFSET);
        Inet6Address destination =
                Ipv6.address(in, Ethernet.HEADER_LENGTH + Ipv6.DESTINATION_OFFSET);
        Inet6Address target = Ipv6.address(in, ICMP_OFFSET + 8);
        boolean isProbe = source.isAnyLocalAddress();
        boolean fits =
                Ethernet.isOfHost(link)
                        && !source.isMulticastAddress()
                        && !target.isMulticastAddress()
                        && hasGoodOptions(in, isProbe)
                        && (!isProbe || destination.equals(Ipv6.solicitedNode(target)));
        return fits ? new NeighbourSolicitation(link, source, target) : null;
    }

    private static boolean hasGoodOptions(ByteBuffer in, boolean isProbe) {
        int at = ICMP_OFFSET + LENGTH_MIN;
        while (at < in.limit()) {
            if (in.limit() - at < OPTION_UNIT) {
                return false;
            }
            int length = (in.get(at + 1) & 0xff) * OPTION_UNIT;
            if (length == 0
                    || length > in.limit() - at
                    || (isProbe && in.get(at) == SOURCE_LINK_OPTION)) {
                return false;
            }
            at += length;
        }
        return true;
    }
}
