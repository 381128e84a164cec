package dev.penstock.l4.announce;

import java.net.Inet6Address;
import java.nio.ByteBuffer;

/** Makes neighbour advertisements (RFC 4861, section 4.4) on Ethernet. */
final class NeighbourAdvertisement {

    static final Inet6Address ALL_NODES =
            Ipv6.of(new byte[] {(byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});

    private static final int TYPE = 136;
    private static final int LENGTH = 32;
    private static final int SOLICITED = 0x4000_0000;
    private static final int OVERRIDE = 0x2000_0000;
    private static final int TARGET_LINK_OPTION = 2;
    private static final int CHECKSUM_OFFSET =
            Ethernet.HEADER_LENGTH + Ipv6.HEADER_LENGTH + Short.BYTES;

    private NeighbourAdvertisement() {}

    /**
     * The answer to a solicitation. A host that has no address yet is answered by way of all
     * (section 7.2.4).
     *
     * @param link this node's link address
     */
    static ByteBuffer answer(NeighbourSolicitation asked, byte[] link) {
        return asked.source().isAnyLocalAddress()
                ? announcement(asked.target(), link)
                : frame(
                        asked.senderLink(),
                        asked.source(),
                        asked.target(),
                        SOLICITED | OVERRIDE,
                        link);
    }

    /** What tells all neighbours where an address is now (section 7.2.6). */
    static ByteBuffer announcement(Inet6Address target, byte[] link) {
        byte[] group = {0x33, 0x33, 0, 0, 0, 1};
        return frame(group, ALL_NODES, target, OVERRIDE, link);
    }

    /** From the address itself, which is this node's as far as its neighbours can tell. */
    private static ByteBuffer frame(
            byte[] to, Inet6Address destination, Inet6Address target, int flags, byte[] link) {
        ByteBuffer frame =
                ByteBuffer.allocate(Ethernet.HEADER_LENGTH + Ipv6.HEADER_LENGTH + LENGTH)
                        .put(to)
                        .put(link)
                        .putShort((short) Ethernet.IPV6)
                        .putInt(0x6000_0000)
                        .putShort((short) LENGTH)
                        .put((byte) Ipv6.ICMP)
                        .put((byte) Ipv6.HOPS_OF_NEIGHBOUR)
                        .put(target.getAddress())
                        .put(destination.getAddress())
                        .put((byte) TYPE)
                        .put((byte) 0)
                        .putShort((short) 0)
                        .putInt(flags)
                        .put(target.getAddress())
                        .put((byte) TARGET_LINK_OPTION)
                        .put((byte) 1)
                        .put(link)
                        .flip();
        int sum = Ipv6.checksum(frame, Ethernet.HEADER_LENGTH + Ipv6.HEADER_LENGTH);
        return frame.putShort(CHECKSUM_OFFSET, (short) sum);
    }
}
