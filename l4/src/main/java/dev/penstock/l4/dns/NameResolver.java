package dev.penstock.l4.dns;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Watches DNS names. May be used by any thread. */
public final class NameResolver implements AutoCloseable {

    private static final int QUERY_TIMEOUT_MILLIS = 2_000;

    private final MultiThreadIoEventLoopGroup group;
    private final EventLoop loop;
    private final DnsNameResolver resolver;
    private final boolean ipv6;

    /**
     * Starts the event loop.
     *
     * @param nameServers who is asked, in this order; empty for the system's resolvers
     */
    public NameResolver(List<InetSocketAddress> nameServers) {
        this(nameServers, hasIpv6());
    }

    NameResolver(List<InetSocketAddress> nameServers, boolean ipv6) {
        this.ipv6 = ipv6;
        this.group =
                new MultiThreadIoEventLoopGroup(
                        1,
                        new DefaultThreadFactory("penstock-dns", true),
                        NioIoHandler.newFactory());
        this.loop = group.next();
        DnsNameResolverBuilder builder =
                new DnsNameResolverBuilder(loop)
                        .datagramChannelType(NioDatagramChannel.class)
                        // For answers that do not fit into a datagram.
                        .socketChannelType(NioSocketChannel.class)
                        .queryTimeoutMillis(QUERY_TIMEOUT_MILLIS);
        if (!nameServers.isEmpty()) {
            builder.nameServerProvider(new SequentialDnsServerAddressStreamProvider(nameServers));
        }
        this.resolver = builder.build();
    }

    /**
     * Asks for a name now and again whenever its answer has lived its time, until the watch is
     * closed. While name servers fail, or tell no address, the last good answer stands.
     *
     * @param name an absolute name, with or without its trailing dot
     * @param listener gets the first answer and each that differs from the one before, sorted, on
     *     the event loop; empty when the name does not exist
     */
    public Watch watch(String name, Consumer<List<InetAddress>> listener) {
        NameWatch watch = new NameWatch(name, resolver, loop, ipv6, listener);
        loop.execute(watch::ask);
        return watch;
    }

    /** Ends a watch; the listener may be in a call while this returns. */
    @FunctionalInterface
    public interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /** As AI_ADDRCONFIG of RFC 3493: IPv6 addresses are of no use where there is no IPv6. */
    private static boolean hasIpv6() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .anyMatch(address ->
                            address instanceof Inet6Address
                                    && !address.isLoopbackAddress()
                                    && !address.isLinkLocalAddress());
        } catch (SocketException _) {
            return false; // interfaces cannot be listed: rather IPv4 alone than addresses that fail
        }
    }

    /** Ends all watches and the event loop, without waiting for it. */
    @Override
    public void close() {
        resolver.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
