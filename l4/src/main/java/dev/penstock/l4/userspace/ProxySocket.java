package dev.penstock.l4.userspace;

import dev.penstock.l4.node.RulesException;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Protocol;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CancellationException;

/** A socket that listens for the clients of one virtual service. */
interface ProxySocket extends AutoCloseable {

    /**
     * Waits until it listens. To begin many before the first is waited for is much faster.
     *
     * @throws RulesException if it cannot; the message says why, and it is closed
     */
    void awaitOpen() throws RulesException;

    /**
     * Has datagrams that come to a local address answered from it, once this returns; for a socket
     * that listens at all addresses. Connections of TCP are anyway.
     */
    default void answerFrom(InetAddress local) {
        // As nothing else is possible.
    }

    /** Where it listens, once it does. */
    InetSocketAddress address();

    /**
     * Listens no more. TCP connections go on; UDP sessions end, as there is nothing to answer from.
     */
    @Override
    void close();

    /** Destinations have changed: ends UDP sessions to those that are gone, and waits for it. */
    void destinationsChanged();

    /**
     * Begins to open a socket.
     *
     * @param address where to listen; port 0 for any
     * @throws RulesException if there may be no more, or none of the protocol
     */
    static ProxySocket open(
            Protocol protocol,
            InetSocketAddress address,
            DestinationChoice choice,
            SocketLoops loops,
            UserspaceSettings settings)
            throws RulesException {
        if (protocol == Protocol.SCTP) {
            throw new RulesException("userspace mode has no SCTP sockets");
        }
        if (!loops.descriptors().tryTake(1)) {
            throw new RulesException(
                    "no socket for "
                            + AddressText.authority(address)
                            + ": the limit of "
                            + loops.descriptors().max()
                            + " open files for sockets is reached");
        }
        return protocol == Protocol.TCP
                ? new TcpProxySocket(address, choice, loops)
                : new UdpProxySocket(address, choice, loops, settings);
    }

    /** Waits for a bind, on a thread that is no event loop. */
    static Channel await(ChannelFuture binding, InetSocketAddress address) throws RulesException {
        ChannelFuture bound = binding.awaitUninterruptibly();
        if (!bound.isSuccess()) {
            Throwable cause = bound.cause() == null ? new CancellationException() : bound.cause();
            throw new RulesException(
                    "cannot listen on "
                            + AddressText.authority(address)
                            + ": "
                            + cause.getMessage(),
                    cause);
        }
        return bound.channel();
    }

    /**
     * Whether a client of IPv4 came to a socket of IPv6, which hears both families. The rules of
     * its own family would not have kept it from there.
     *
     * @param address where the socket listens
     */
    static boolean isOfOtherFamily(InetSocketAddress client, InetSocketAddress address) {
        return family(address.getAddress()) == IpFamily.IPV6
                && isIpv4(client.getAddress().getAddress());
    }

    /** Also where it is written as an address of IPv6 (RFC 4291, section 2.5.5.2). */
    private static boolean isIpv4(byte[] address) {
        if (address.length == 4) {
            return true;
        }
        for (int i = 0; i < 10; i++) {
            if (address[i] != 0) {
                return false;
            }
        }
        return address[10] == (byte) 0xff && address[11] == (byte) 0xff;
    }

    /** The family of an address. */
    static IpFamily family(InetAddress address) {
        return address.getAddress().length == 4 ? IpFamily.IPV4 : IpFamily.IPV6;
    }
}
