package dev.penstock.e2e.node.lab;

import dev.penstock.e2e.harness.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A machine or pod of the lab with the means to connect from it.
 *
 * @param name its name, which its servers answer with
 * @param network its namespace
 * @param ipv4 its address
 * @param ipv6 its address
 */
public record Host(String name, NetworkNamespace network, String ipv4, String ipv6) {

    /** How long an answer may take at most: a machine under load is no failure. */
    public static final int PATIENCE_MILLIS = 10_000;

    /** How long nothing must come until a packet counts as dropped. */
    static final int SILENCE_MILLIS = 400;

    /** The address of a family: that of another address. */
    public String addressLike(String other) {
        return other.indexOf(':') >= 0 ? ipv6 : ipv4;
    }

    /** Connects and reads who answers; takes all the time it needs. */
    public Attempt tcp(String address, int port) {
        return tcp(address, port, PATIENCE_MILLIS);
    }

    /** Connects as {@link #tcp}, and gives up early: to see that a packet is dropped. */
    public Attempt tcpBriefly(String address, int port) {
        return tcp(address, port, SILENCE_MILLIS);
    }

    /** Connects as {@link #tcp(String, int)}, and gives up after a time. */
    public Attempt tcp(String address, int port, int timeoutMillis) {
        return tcp(address, port, null, timeoutMillis);
    }

    /** Connects from an address and port of one's own. */
    public Attempt tcpFrom(InetSocketAddress source, String address, int port) {
        return tcp(address, port, source, PATIENCE_MILLIS);
    }

    private Attempt tcp(
            String address, int port, @Nullable InetSocketAddress source, int timeoutMillis) {
        long start = System.nanoTime();
        try (TcpSession session = openWithin(address, port, source, timeoutMillis)) {
            session.resetAtEnd();
            return new Attempt(Outcome.ANSWERED, session.peer(), Attempt.since(start));
        } catch (IOException e) {
            return new Attempt(Outcome.of(e), null, Attempt.since(start));
        }
    }

    /** Opens a connection that stays. */
    public TcpSession open(String address, int port) {
        try {
            return openWithin(address, port, null, PATIENCE_MILLIS);
        } catch (IOException e) {
            throw new AssertionError(
                    name + " to " + address + " port " + port + ": " + e.getMessage(), e);
        }
    }

    private TcpSession openWithin(
            String address, int port, @Nullable InetSocketAddress source, int timeoutMillis)
            throws IOException {
        SocketChannel channel = network.callIo(() -> SocketChannel.open(familyOf(address)));
        try {
            if (source != null) {
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                channel.bind(source);
            }
            channel.socket()
                    .connect(
                            new InetSocketAddress(InetAddress.ofLiteral(address), port),
                            timeoutMillis);
            return TcpSession.greeted(channel, timeoutMillis);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Connects many times, one after the other, and tells who answered each time. */
    public List<Peer> tcpTimes(int times, String address, int port) {
        return IntStream.range(0, times).mapToObj(_ -> tcp(address, port).answered()).toList();
    }

    /** Makes an SCTP association and reads who answers; takes all the time it needs. */
    public Attempt sctp(String address, int port) {
        long start = System.nanoTime();
        try (SctpClient client = new SctpClient(this, address, port, PATIENCE_MILLIS)) {
            return new Attempt(Outcome.ANSWERED, client.greeting(), Attempt.since(start));
        } catch (IOException e) {
            return new Attempt(Outcome.of(e), null, Attempt.since(start));
        }
    }

    /** An unconnected UDP socket on any port. */
    public UdpSocket udp(String addressOfFamily) {
        return udp(addressOfFamily, 0);
    }

    /** An unconnected UDP socket on a port, of the family of an address. */
    public UdpSocket udp(String addressOfFamily, int sourcePort) {
        DatagramChannel channel =
                network.call(() -> DatagramChannel.open(familyOf(addressOfFamily)));
        try {
            channel.bind(new InetSocketAddress(sourcePort));
            return new UdpSocket(channel, false);
        } catch (IOException e) {
            throw new AssertionError(name + " on port " + sourcePort + ": " + e.getMessage(), e);
        }
    }

    /** A UDP socket that is connected, so that the kernel tells it about ICMP errors. */
    public UdpSocket udpConnected(String address, int port, int sourcePort) {
        DatagramChannel channel = network.call(() -> DatagramChannel.open(familyOf(address)));
        try {
            channel.bind(new InetSocketAddress(sourcePort));
            channel.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port));
            return new UdpSocket(channel, true);
        } catch (IOException e) {
            throw new AssertionError(name + " to " + address + ": " + e.getMessage(), e);
        }
    }

    static StandardProtocolFamily familyOf(String address) {
        return address.indexOf(':') >= 0
                ? StandardProtocolFamily.INET6
                : StandardProtocolFamily.INET;
    }

    @Override
    public String toString() {
        return name;
    }
}
