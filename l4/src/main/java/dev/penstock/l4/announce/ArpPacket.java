package dev.penstock.l4.announce;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An ARP packet for IPv4 on Ethernet (RFC 826), with its Ethernet header.
 *
 * @param operation {@link #REQUEST} or {@link #REPLY}
 * @param senderLink 6 bytes
 * @param targetLink 6 bytes; zeros in requests
 */
record ArpPacket(
        int operation,
        byte[] senderLink,
        InetAddress sender,
        byte[] targetLink,
        InetAddress target) {

    static final int REQUEST = 1;
    static final int REPLY = 2;

    private static final int LENGTH = 28;
    private static final int LINK_ETHERNET = 1;
    private static final int PROTOCOL_IPV4 = Ethernet.IPV4;

    /**
     * Reads a frame.
     *
     * @param frame from its position to its limit; both stay
     * @return null if it is no well-formed ARP packet for IPv4 on Ethernet
     */
    static @Nullable ArpPacket parse(ByteBuffer frame) {
        ByteBuffer in = frame.duplicate();
        if (in.remaining() < Ethernet.HEADER_LENGTH + LENGTH) {
            return null;
        }
        in.position(in.position() + Ethernet.TYPE_OFFSET);
        if ((in.getShort() & 0xffff) != Ethernet.ARP
                || in.getShort() != LINK_ETHERNET
                || (in.getShort() & 0xffff) != PROTOCOL_IPV4
                || in.get() != Ethernet.ADDRESS_LENGTH
                || in.get() != 4) {
            return null;
        }
        int operation = in.getShort();
        byte[] senderLink = Ethernet.bytes(in, Ethernet.ADDRESS_LENGTH);
        byte[] sender = Ethernet.bytes(in, 4);
        byte[] targetLink = Ethernet.bytes(in, Ethernet.ADDRESS_LENGTH);
        byte[] target = Ethernet.bytes(in, 4);
        if ((operation != REQUEST && operation != REPLY) || !Ethernet.isOfHost(senderLink)) {
            return null;
        }
        try {
            return new ArpPacket(
                    operation,
                    senderLink,
                    InetAddress.getByAddress(sender),
                    targetLink,
                    InetAddress.getByAddress(target));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 bytes", e);
        }
    }

    /** Whether it tells of an address instead of asking for one (RFC 5944, section 4.6). */
    boolean isGratuitous() {
        return sender.equals(target);
    }

    /** What a node with a link address answers to this request. */
    ByteBuffer reply(byte[] link) {
        InetAddress asker = sender;
        byte[] askerLink = senderLink;
        return new ArpPacket(REPLY, link, target, askerLink, asker).frame(askerLink);
    }

    /**
     * What tells all neighbours where an address is now. There are hosts that heed only one of the
     * two operations.
     */
    static ByteBuffer announcement(int operation, InetAddress address, byte[] link) {
        byte[] targetLink = operation == REQUEST ? new byte[6] : link;
        return new ArpPacket(operation, link, address, targetLink, address)
                .frame(Ethernet.BROADCAST);
    }

    private ByteBuffer frame(byte[] destination) {
        return ByteBuffer.allocate(Ethernet.HEADER_LENGTH + LENGTH)
                .put(destination)
                .put(senderLink)
                .putShort((short) Ethernet.ARP)
                .putShort((short) LINK_ETHERNET)
                .putShort((short) PROTOCOL_IPV4)
                .put((byte) Ethernet.ADDRESS_LENGTH)
                .put((byte) 4)
                .putShort((short) operation)
                .put(senderLink)
                .put(sender.getAddress())
                .put(targetLink)
                .put(target.getAddress())
                .flip();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ArpPacket that
                && operation == that.operation
                && Arrays.equals(senderLink, that.senderLink)
                && sender.equals(that.sender)
                && Arrays.equals(targetLink, that.targetLink)
                && target.equals(that.target);
    }

    @Override
    public int hashCode() {
        return 31 * sender.hashCode() + target.hashCode();
    }

    @Override
    public String toString() {
        return "%s %s is at %s, target %s at %s"
                .formatted(
                        operation == REQUEST ? "request" : "reply",
                        sender.getHostAddress(),
                        Ethernet.text(senderLink),
                        target.getHostAddress(),
                        Ethernet.text(targetLink));
    }
}
