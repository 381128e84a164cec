package dev.penstock.l4.announce;

import static dev.penstock.l4.netlink.NativeSocket.AF_INET6;
import static dev.penstock.l4.netlink.NativeSocket.AF_PACKET;
import static dev.penstock.l4.netlink.NativeSocket.SOCK_DGRAM;
import static dev.penstock.l4.netlink.NativeSocket.SOCK_RAW;

import dev.penstock.l4.netlink.ErrnoException;
import dev.penstock.l4.netlink.NativeSocket;
import dev.penstock.model.address.AddressText;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Announces addresses on one link. Used by the announcer's thread; two more receive. */
final class LinkAnnouncer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LinkAnnouncer.class);

    /**
     * When neighbours are told of an address that came here: at once, and again for those that
     * missed it, as far as a network takes to learn the way after a cable was moved.
     */
    private static final long[] TELLING_MILLIS = {0, 200, 1_000, 2_500, 5_000};

    /** Addresses told of in one go, and the pause before the next ones. */
    private static final int BURST_MAX = 50;

    private static final long BURST_PAUSE_MILLIS = 20;

    private static final Duration RECEIVE_TIMEOUT = Duration.ofMillis(500);
    private static final long FAILURE_PAUSE_MILLIS = 500;
    private static final int FRAME_MAX = 2048;

    private static final int SOL_IPV6 = 41;
    private static final int IPV6_ADD_MEMBERSHIP = 20;
    private static final int IPV6_DROP_MEMBERSHIP = 21;

    private final Links.Link link;
    private final ScheduledExecutorService executor;
    private final NativeSocket arp;
    private final NativeSocket discovery;

    /** Takes part in the groups that solicitations are sent to. */
    private final NativeSocket groups;

    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Set<InetAddress> addresses = Set.of();

    // Owned by the announcer's thread.
    private final Map<Inet6Address, Integer> joined = new HashMap<>();
    private final Queue<InetAddress> toTell = new ArrayDeque<>();

    private LinkAnnouncer(
            Links.Link link,
            ScheduledExecutorService executor,
            NativeSocket arp,
            NativeSocket discovery,
            NativeSocket groups) {
        this.link = link;
        this.executor = executor;
        this.arp = arp;
        this.discovery = discovery;
        this.groups = groups;
    }

    static LinkAnnouncer open(Links.Link link, ScheduledExecutorService executor)
            throws ErrnoException {
        List<NativeSocket> opened = new ArrayList<>();
        try {
            for (int type : new int[] {Ethernet.ARP, Ethernet.IPV6}) {
                NativeSocket socket =
                        NativeSocket.open(
                                "a packet socket of " + link.name(), AF_PACKET, SOCK_RAW, 0);
                opened.add(socket);
                socket.receiveTimeout(RECEIVE_TIMEOUT);
                if (type == Ethernet.IPV6) {
                    SolicitationFilter.attach(socket);
                }
                socket.bind(packetAddress(type, link.index()));
            }
            opened.add(
                    NativeSocket.open("an IPv6 socket of " + link.name(), AF_INET6, SOCK_DGRAM, 0));
        } catch (ErrnoException e) {
            opened.forEach(NativeSocket::close);
            throw e;
        }
        LinkAnnouncer announcer =
                new LinkAnnouncer(link, executor, opened.get(0), opened.get(1), opened.get(2));
        announcer.receive("arp", announcer.arp, announcer::answerArp);
        announcer.receive("ndp", announcer.discovery, announcer::answerDiscovery);
        return announcer;
    }

    /** A {@code sockaddr_ll}. */
    private static byte[] packetAddress(int type, int index) {
        return ByteBuffer.allocate(20)
                .order(ByteOrder.nativeOrder())
                .putShort((short) AF_PACKET)
                .put((byte) (type >>> 8))
                .put((byte) type)
                .putInt(index)
                .array();
    }

    int index() {
        return link.index();
    }

    /** Whether the link still has the link address that is announced. */
    boolean isStillOf(Links.Link now) {
        return link.name().equals(now.name()) && Arrays.equals(link.address(), now.address());
    }

    /** Answers for these addresses from now on, and tells the neighbours of those that are new. */
    void update(Set<InetAddress> wanted) {
        Set<InetAddress> before = addresses;
        if (wanted.equals(before)) {
            return;
        }
        addresses = Set.copyOf(wanted);
        List<InetAddress> added = wanted.stream().filter(a -> !before.contains(a)).toList();
        List<InetAddress> gone = before.stream().filter(a -> !wanted.contains(a)).toList();
        for (InetAddress address : added) {
            log.info("{} is announced on {}", AddressText.of(address), link.name());
            group(address, 1);
        }
        for (InetAddress address : gone) {
            log.info("{} is no longer announced on {}", AddressText.of(address), link.name());
            group(address, -1);
        }
        for (long delay : TELLING_MILLIS) {
            later(() -> tell(added), delay);
        }
    }

    private void later(Runnable task, long delayMillis) {
        try {
            var _ = executor.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException _) {
            log.debug("closed before all neighbours were told");
        }
    }

    /** Joins the group of an IPv6 address for the first address in it, leaves it for the last. */
    private void group(InetAddress address, int change) {
        if (!(address instanceof Inet6Address v6)) {
            return;
        }
        Inet6Address group = Ipv6.solicitedNode(v6);
        int before = joined.getOrDefault(group, 0);
        int after = before + change;
        if (after == 0) {
            joined.remove(group);
        } else {
            joined.put(group, after);
        }
        if (before != 0 && after != 0) {
            return;
        }
        byte[] request =
                ByteBuffer.allocate(20)
                        .order(ByteOrder.nativeOrder())
                        .put(group.getAddress())
                        .putInt(link.index())
                        .array();
        try {
            groups.option(
                    SOL_IPV6, change > 0 ? IPV6_ADD_MEMBERSHIP : IPV6_DROP_MEMBERSHIP, request);
        } catch (ErrnoException e) {
            log.warn(
                    "{}; {} may not be found on {}",
                    e.getMessage(),
                    AddressText.of(v6),
                    link.name());
        }
    }

    private void tell(List<InetAddress> added) {
        boolean isIdle = toTell.isEmpty();
        added.stream().filter(addresses::contains).forEach(toTell::add);
        if (isIdle) {
            tellNext();
        }
    }

    private void tellNext() {
        try {
            for (int i = 0; i < BURST_MAX && !toTell.isEmpty(); i++) {
                InetAddress address = toTell.remove();
                if (addresses.contains(address)) {
                    announce(address);
                }
            }
        } catch (ErrnoException e) {
            log.debug("neighbours are not told: {}", e.getMessage());
        }
        if (!toTell.isEmpty()) {
            later(this::tellNext, BURST_PAUSE_MILLIS);
        }
    }

    private void announce(InetAddress address) throws ErrnoException {
        if (closed.get()) {
            return;
        }
        if (address instanceof Inet6Address v6) {
            send(discovery, NeighbourAdvertisement.announcement(v6, link.address()));
        } else if (address instanceof Inet4Address) {
            for (int operation : new int[] {ArpPacket.REQUEST, ArpPacket.REPLY}) {
                send(arp, ArpPacket.announcement(operation, address, link.address()));
            }
        }
    }

    private interface Answerer {
        void answer(ByteBuffer frame) throws ErrnoException;
    }

    private void answerArp(ByteBuffer frame) throws ErrnoException {
        ArpPacket packet = ArpPacket.parse(frame);
        if (packet == null || !addresses.contains(packet.target())) {
            return;
        }
        if (packet.isGratuitous()) {
            if (!Arrays.equals(packet.senderLink(), link.address())) {
                log.debug(
                        "another host announces {} too: {}",
                        AddressText.of(packet.target()),
                        packet);
            }
        } else if (packet.operation() == ArpPacket.REQUEST) {
            send(arp, packet.reply(link.address()));
        }
    }

    private void answerDiscovery(ByteBuffer frame) throws ErrnoException {
        NeighbourSolicitation asked = NeighbourSolicitation.parse(frame);
        if (asked != null && addresses.contains(asked.target())) {
            send(discovery, NeighbourAdvertisement.answer(asked, link.address()));
        }
    }

    /** The socket is bound: it needs no address to send to. */
    private static void send(NativeSocket socket, ByteBuffer frame) throws ErrnoException {
        socket.send(frame);
    }

    private void receive(String name, NativeSocket socket, Answerer answerer) {
        Thread.ofPlatform()
                .daemon()
                .name("penstock-" + name + "-" + link.name())
                .start(() -> {
                    ByteBuffer frame = ByteBuffer.allocate(FRAME_MAX);
                    while (!closed.get()) {
                        try {
                            if (socket.receive(frame)) {
                                answerer.answer(frame);
                            }
                        } catch (ErrnoException e) {
                            // Of a link that is down; it may come up again.
                            pause(e);
                        }
                    }
                });
    }

    private void pause(ErrnoException e) {
        if (closed.get()) {
            return;
        }
        log.debug("{}: {}", link.name(), e.getMessage());
        try {
            Thread.sleep(FAILURE_PAUSE_MILLIS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            addresses = Set.of();
            arp.close();
            discovery.close();
            groups.close();
        }
    }
}
