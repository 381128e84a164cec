package dev.penstock.l4.userspace;

import dev.penstock.l4.node.RulesException;
import dev.penstock.model.address.AddressText;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives datagrams of clients and answers from the address that each was sent to.
 *
 * <p>A socket that is bound to no address would answer from an address of the kernel's choice:
 * conntrack would not know the answer as one, and the client would see it come from a stranger. So
 * the address that rules send datagrams to gets a socket of its own on the same port, and so does
 * every other that datagrams come to, which takes them over from then on; but for IPv6, where the
 * first does not learn which one that is.
 *
 * <p>Owned by one event loop, but for what {@link ProxySocket} has.
 */
final class UdpProxySocket implements ProxySocket {

    private static final Logger log = LoggerFactory.getLogger(UdpProxySocket.class);
    private static final RareLog RARE = new RareLog();

    /** How many local addresses of this node datagrams are answered from. */
    private static final int ADDRESSES_MAX = 256;

    /** The largest datagram there is. */
    static final int DATAGRAM_MAX = 65_535;

    private final DestinationChoice choice;
    private final SocketLoops loops;
    private final UserspaceSettings settings;
    private final EventLoop loop;
    private final Map<InetAddress, UdpFront> fronts = new ConcurrentHashMap<>();
    private final UdpFront first = new UdpFront(this);
    private final ChannelFuture binding;
    private final AtomicInteger sessions = new AtomicInteger();

    /** Where to listen; with the port once it is known. */
    private volatile InetSocketAddress address;

    UdpProxySocket(
            InetSocketAddress address,
            DestinationChoice choice,
            SocketLoops loops,
            UserspaceSettings settings) {
        this.address = address;
        this.choice = choice;
        this.loops = loops;
        this.settings = settings;
        this.loop = loops.nextForDatagrams();
        this.binding = bootstrap(first).bind(address);
        // A bind that fails closes the channel.
        binding.channel().closeFuture().addListener(_ -> loops.descriptors().giveBack(1));
    }

    @Override
    public void awaitOpen() throws RulesException {
        bound(ProxySocket.await(binding, address));
    }

    private Bootstrap bootstrap(UdpFront front) {
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(loop)
                        .channelFactory(loops.datagrams(ProxySocket.family(address.getAddress())))
                        .option(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new FixedRecvByteBufAllocator(DATAGRAM_MAX))
                        .handler(front);
        if (loops.isEpoll() && address.getAddress().isAnyLocalAddress()) {
            bootstrap.option(EpollChannelOption.IP_RECVORIGDSTADDR, true);
        }
        return bootstrap;
    }

    private void bound(Channel channel) {
        address = (InetSocketAddress) channel.localAddress();
        if (address.getAddress().isAnyLocalAddress()) {
            // Only now, lest the kernel give two sockets the same free port.
            boolean _ = channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
        }
    }

    /** Before the first datagram comes, which would be answered from anywhere else. */
    @Override
    public void answerFrom(InetAddress local) {
        if (address.getAddress().isAnyLocalAddress()) {
            loop.submit(
                            () -> {
                                UdpFront _ = front(local);
                            })
                    .awaitUninterruptibly();
            UdpFront front = fronts.get(local);
            if (front != null) {
                front.awaitOpen();
            }
        }
    }

    /** A client has sent a datagram to one of this socket's addresses. The packet stays theirs. */
    void received(UdpFront front, DatagramPacket packet) {
        if (ProxySocket.isOfOtherFamily(packet.sender(), address)) {
            return;
        }
        InetSocketAddress recipient = packet.recipient();
        UdpFront receiver = front;
        if (front == first && address.getAddress().isAnyLocalAddress() && recipient != null) {
            UdpFront bound = front(recipient.getAddress());
            receiver = bound == null ? front : bound;
        }
        receiver.fromClient(packet);
    }

    /** The socket of a local address; null where it cannot be had. */
    private @Nullable UdpFront front(InetAddress local) {
        UdpFront known = fronts.get(local);
        if (known != null
                || local.isAnyLocalAddress()
                || local.isMulticastAddress()
                || fronts.size() == ADDRESSES_MAX
                || !first.channel().isActive()
                || !loops.descriptors().tryTake(1)) {
            return known;
        }
        UdpFront front = new UdpFront(this);
        fronts.put(local, front);
        ChannelFuture opening =
                bootstrap(front)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .bind(new InetSocketAddress(local, address.getPort()));
        opening.addListener(bound -> {
            if (!bound.isSuccess()) {
                front.answerBy(first.channel());
                loops.descriptors().giveBack(1);
            } else {
                front.channel().closeFuture().addListener(_ -> loops.descriptors().giveBack(1));
            }
        });
        front.opening(opening);
        return front;
    }

    /** Counts a new session if there may be one more. */
    boolean tryBeginSession() {
        boolean allowed =
                sessions.get() < settings.udpSessionsMax() && loops.descriptors().tryTake(1);
        if (allowed) {
            sessions.incrementAndGet();
        } else if (RARE.isDue()) {
            log.warn(
                    "datagrams of new clients are dropped on {}: {} sessions are open there, {} of"
                            + " {} files for sockets in all",
                    AddressText.authority(address),
                    sessions.get(),
                    loops.descriptors().taken(),
                    loops.descriptors().max());
        }
        return allowed;
    }

    void sessionEnded() {
        sessions.decrementAndGet();
        loops.descriptors().giveBack(1);
    }

    DestinationChoice choice() {
        return choice;
    }

    SocketLoops loops() {
        return loops;
    }

    UserspaceSettings settings() {
        return settings;
    }

    EventLoop loop() {
        return loop;
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public void destinationsChanged() {
        if (sessions.get() > 0) {
            onAllFronts(UdpFront::endSessionsToGone);
        }
    }

    @Override
    public void close() {
        onAllFronts(UdpFront::close);
    }

    /** Does something on the event loop and waits for it. */
    private void onAllFronts(Consumer<UdpFront> action) {
        loop.submit(
                        () -> {
                            action.accept(first);
                            fronts.values().forEach(action);
                        })
                .awaitUninterruptibly();
    }
}
