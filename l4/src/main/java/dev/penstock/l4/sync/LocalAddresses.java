package dev.penstock.l4.sync;

import dev.penstock.l4.netlink.ErrnoException;
import dev.penstock.l4.netlink.LinkAddress;
import dev.penstock.l4.netlink.NetlinkMessage;
import dev.penstock.l4.netlink.NetlinkSocket;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.address.IpFamily;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The addresses of this machine, or of the network namespace that the program runs in. */
public final class LocalAddresses {

    private static final Logger log = LoggerFactory.getLogger(LocalAddresses.class);

    /** Links of ours, on which a mode puts addresses of Services. */
    private static final String OWN_LINKS = "penstock";

    private static final int GET_LINK = 18;
    private static final int LINK_NAME = 3;
    private static final int LINK_HEADER_LENGTH = 16;
    private static final int LINK_INDEX_OFFSET = 4;

    // Addresses for documentation (RFC 5737, RFC 3849): routed as anything far is.
    private static final String FAR_IPV4 = "192.0.2.1";
    private static final String FAR_IPV6 = "2001:db8::1";

    private LocalAddresses() {}

    /**
     * All addresses but loopback, link-local and multicast ones and those of Services; in canonical
     * text form, sorted, without duplicates.
     */
    public static List<String> read() {
        return addresses()
                .filter(LocalAddresses::isCounted)
                .map(AddressText::of)
                .sorted()
                .distinct()
                .toList();
    }

    /** Those of all links but ours. */
    private static Stream<InetAddress> addresses() {
        try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
            Set<Integer> own = ownLinks(socket);
            return LinkAddress.read(socket, link -> !own.contains(link)).stream()
                    .map(LocalAddresses::inet);
        } catch (ErrnoException e) {
            // Another system than Linux: the JDK knows how, but takes seconds for thousands.
            log.debug("addresses by netlink: {}", e.getMessage());
        }
        try {
            return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses);
        } catch (SocketException e) {
            // A machine without any link is one without addresses.
            log.debug("no network interfaces: {}", e.getMessage());
            return Stream.of();
        }
    }

    private static Set<Integer> ownLinks(NetlinkSocket socket) throws ErrnoException {
        Set<Integer> own = new HashSet<>();
        socket.dump(
                new NetlinkMessage("list links", GET_LINK, 0).bytes(new byte[LINK_HEADER_LENGTH]),
                own::clear,
                reply -> {
                    String name = reply.attributes(LINK_HEADER_LENGTH).string(LINK_NAME);
                    if (name.startsWith(OWN_LINKS)) {
                        own.add(reply.payload().getInt(LINK_INDEX_OFFSET));
                    }
                });
        return own;
    }

    private static InetAddress inet(LinkAddress address) {
        try {
            return InetAddress.getByAddress(address.bytes());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("the kernel gives whole addresses", e);
        }
    }

    /**
     * The address that this machine speaks to far ones with: that of the default route. Sends
     * nothing.
     *
     * @return null where the family has no default route
     */
    public static @Nullable String primary(IpFamily family) {
        String far = family == IpFamily.IPV4 ? FAR_IPV4 : FAR_IPV6;
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(InetAddress.ofLiteral(far), 9);
            InetAddress address = socket.getLocalAddress();
            return isCounted(address) ? AddressText.of(address) : null;
        } catch (SocketException | UncheckedIOException _) {
            return null; // no route
        }
    }

    private static boolean isCounted(InetAddress address) {
        return !address.isLoopbackAddress()
                && !address.isLinkLocalAddress()
                && !address.isAnyLocalAddress();
    }
}
