package dev.penstock.e2e.node.lab;

import dev.penstock.l4.netlink.ErrnoException;
import dev.penstock.l4.netlink.NativeSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A raw socket of one IP family for SCTP packets. It sees every one that comes to its host; where
 * the kernel has SCTP too, its aborts of what it does not know are to be ignored.
 */
final class SctpSocket implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPPROTO_SCTP = 132;
    private static final int IP_RECVERR = 11;
    private static final int IPV6_RECVERR = 25;
    private static final int PACKET_MAX = 2048;

    private final NativeSocket socket;
    private final boolean v6;
    private final ByteBuffer packet = ByteBuffer.allocate(PACKET_MAX);
    private final ByteBuffer sender = ByteBuffer.allocate(128);

    private SctpSocket(NativeSocket socket, boolean v6) {
        this.socket = socket;
        this.v6 = v6;
    }

    /** A packet, and the address it came from. */
    record Received(SctpPacket packet, InetAddress from) {}

    /** Opens one of the family of an address. */
    static SctpSocket open(Host host, String addressOfFamily) throws IOException {
        boolean v6 = addressOfFamily.indexOf(':') >= 0;
        NativeSocket socket =
                host.network()
                        .callIo(() ->
                                NativeSocket.open(
                                        "a raw socket for SCTP",
                                        v6 ? NativeSocket.AF_INET6 : AF_INET,
                                        NativeSocket.SOCK_RAW,
                                        IPPROTO_SCTP));
        return new SctpSocket(socket, v6);
    }

    /** Lets {@link #receive} fail with what an ICMP error says about packets that were sent. */
    void reportErrors() throws ErrnoException {
        socket.option(v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_RECVERR : IP_RECVERR, 1);
    }

    void send(SctpPacket what, InetAddress to) throws ErrnoException {
        ByteBuffer address =
                ByteBuffer.allocate(v6 ? 28 : 16)
                        .order(ByteOrder.nativeOrder())
                        .putShort((short) (v6 ? NativeSocket.AF_INET6 : AF_INET))
                        .position(v6 ? 8 : 4)
                        .put(to.getAddress());
        socket.sendTo(what.encode(), address.array());
    }

    /**
     * Waits for a packet.
     *
     * @return null if none came in time, or what came is no sound SCTP packet
     * @throws IOException such as an ICMP error, if these are {@linkplain #reportErrors reported}
     */
    @Nullable Received receive(Duration timeout) throws IOException {
        socket.receiveTimeout(timeout);
        if (!socket.receiveFrom(packet, sender)) {
            return null;
        }
        if (!v6) {
            packet.position((packet.get(0) & 0xf) * Integer.BYTES); // The IP header comes with it.
        }
        SctpPacket decoded = SctpPacket.decode(packet);
        byte[] from = new byte[v6 ? 16 : 4];
        sender.get(v6 ? 8 : 4, from);
        return decoded == null ? null : new Received(decoded, InetAddress.getByAddress(from));
    }

    @Override
    public void close() {
        socket.close();
    }
}
