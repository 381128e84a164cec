package dev.penstock.l4.ipvs;

import static dev.penstock.l4.netlink.NativeSocket.AF_INET6;

import dev.penstock.l4.netlink.Attributes;
import dev.penstock.l4.netlink.ErrnoException;
import dev.penstock.l4.netlink.LinkAddress;
import dev.penstock.l4.netlink.NetlinkMessage;
import dev.penstock.l4.netlink.NetlinkReply;
import dev.penstock.l4.netlink.NetlinkSocket;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.address.IpFamily;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dummy link that carries the Services' addresses, by rtnetlink (Linux, {@code
 * include/uapi/linux/if_link.h}, {@code if_addr.h}). Its alias, a text that the kernel keeps for
 * us, holds what else was changed on the machine.
 */
final class VipLink implements AutoCloseable {

    /** Its name. */
    static final String NAME = "penstock0";

    private static final String TRIAL_NAME = "penstock-try";
    private static final String KIND = "dummy";

    private static final int NEW_LINK = 16;
    private static final int DELETE_LINK = 17;
    private static final int GET_LINK = 18;
    private static final int NEW_ADDRESS = 20;
    private static final int DELETE_ADDRESS = 21;
    private static final int GET_ROUTE = 26;

    private static final int LINK_NAME = 3;
    private static final int LINK_INFO = 18;
    private static final int LINK_INFO_KIND = 1;
    private static final int LINK_ALIAS = 20;
    private static final int LINK_FAMILIES = 26;
    private static final int LINK_ADDRESS_GENERATION = 8;
    private static final int ADDRESS_GENERATION_NONE = 1;

    private static final int ADDRESS = 1;
    private static final int ADDRESS_LOCAL = 2;
    private static final int ADDRESS_FLAGS = 8;
    private static final int ADDRESS_NO_DETECTION = 0x02;
    private static final int ADDRESS_NO_PREFIX_ROUTE = 0x200;
    private static final int SCOPE_HOST = 254;

    private static final int ROUTE_DESTINATION = 1;
    private static final int ROUTE_TYPE_OFFSET = 7;
    private static final int ROUTE_LOCAL = 2;

    private static final int LINK_HEADER_LENGTH = 16;
    private static final int ADDRESS_HEADER_LENGTH = 8;
    private static final int ROUTE_HEADER_LENGTH = 12;
    private static final int FLAG_UP = 0x1;
    private static final int FLAG_NO_ARP = 0x80;
    private static final int AF_INET = 2;
    private static final Duration LOCAL_ROUTES_WITHIN = Duration.ofSeconds(5);
    private static final long LOCAL_ROUTE_POLL_NANOS = 100_000;
    private static final Logger log = LoggerFactory.getLogger(VipLink.class);

    private final NetlinkSocket socket;

    private VipLink(NetlinkSocket socket) {
        this.socket = socket;
    }

    static VipLink open() throws ErrnoException {
        return new VipLink(NetlinkSocket.open(NetlinkSocket.ROUTE));
    }

    /**
     * The link as it is.
     *
     * @param isOurs whether it is a dummy link
     */
    record Link(int index, boolean isOurs, boolean isUp, String alias) {}

    /** The addresses on our link, and those on others. */
    record Addresses(Set<String> ours, Set<String> elsewhere) {}

    /** The link; null if there is none. */
    @Nullable Link find() throws ErrnoException {
        Link[] found = new Link[1];
        try {
            socket.get(
                    new NetlinkMessage("find link " + NAME, GET_LINK, 0)
                            .bytes(linkHeader(0, 0, 0))
                            .putString(LINK_NAME, NAME),
                    reply -> found[0] = link(reply));
        } catch (ErrnoException e) {
            if (e.errno() != ErrnoException.ENODEV) {
                throw e;
            }
        }
        return found[0];
    }

    private static Link link(NetlinkReply reply) {
        Attributes attributes = reply.attributes(LINK_HEADER_LENGTH);
        return new Link(
                reply.payload().getInt(4),
                attributes.nested(LINK_INFO).string(LINK_INFO_KIND).equals(KIND),
                (reply.payload().getInt(8) & FLAG_UP) != 0,
                attributes.string(LINK_ALIAS));
    }

    /** Makes it, without addresses, and up. */
    void create() throws ErrnoException {
        create(NAME);
        NetlinkMessage noAddresses =
                new NetlinkMessage("configure link " + NAME, NEW_LINK, 0)
                        .bytes(linkHeader(0, 0, 0))
                        .putString(LINK_NAME, NAME);
        NetlinkMessage.Nest families = noAddresses.nest(LINK_FAMILIES);
        NetlinkMessage.Nest inet6 = noAddresses.nest(AF_INET6);
        noAddresses.putU8(LINK_ADDRESS_GENERATION, ADDRESS_GENERATION_NONE);
        inet6.end();
        families.end();
        // Where IPv6 is off this fails, and there is nothing to prevent.
        List<ErrnoException> _ = socket.execute(List.of(noAddresses));
        up();
    }

    private void create(String name) throws ErrnoException {
        NetlinkMessage message =
                new NetlinkMessage(
                                "add dummy link " + name,
                                NEW_LINK,
                                NetlinkMessage.CREATE | NetlinkMessage.EXCLUSIVE)
                        .bytes(linkHeader(0, 0, 0))
                        .putString(LINK_NAME, name);
        NetlinkMessage.Nest nest = message.nest(LINK_INFO);
        message.putString(LINK_INFO_KIND, KIND);
        nest.end();
        socket.execute(message);
    }

    /** Sets it up, in the sense of up and down. */
    void up() throws ErrnoException {
        int flags = FLAG_UP | FLAG_NO_ARP;
        socket.execute(
                new NetlinkMessage("set up link " + NAME, NEW_LINK, 0)
                        .bytes(linkHeader(0, flags, flags))
                        .putString(LINK_NAME, NAME));
    }

    void alias(String alias) throws ErrnoException {
        socket.execute(
                new NetlinkMessage("set the alias of link " + NAME, NEW_LINK, 0)
                        .bytes(linkHeader(0, 0, 0))
                        .putString(LINK_NAME, NAME)
                        .putString(LINK_ALIAS, alias));
    }

    /** Removes it with its addresses. */
    void delete() throws ErrnoException {
        delete(NAME);
    }

    private void delete(String name) throws ErrnoException {
        socket.execute(
                new NetlinkMessage("delete link " + name, DELETE_LINK, 0)
                        .bytes(linkHeader(0, 0, 0))
                        .putString(LINK_NAME, name));
    }

    /** Makes a dummy link and removes it again. */
    void tryOut() throws ErrnoException {
        create(TRIAL_NAME);
        delete(TRIAL_NAME);
    }

    /** All addresses of the machine. */
    Addresses addresses(int index) throws ErrnoException {
        Addresses addresses = new Addresses(new HashSet<>(), new HashSet<>());
        for (LinkAddress address : LinkAddress.read(socket, _ -> true)) {
            byte[] bytes = address.bytes();
            if (!isLinkLocal(bytes)) {
                (address.link() == index ? addresses.ours : addresses.elsewhere)
                        .add(AddressText.of(bytes, bytes.length));
            }
        }
        return addresses;
    }

    private static boolean isLinkLocal(byte[] address) {
        return address.length == 16 && (address[0] & 0xff) == 0xfe && (address[1] & 0xc0) == 0x80;
    }

    /** Adds addresses, and returns when the machine takes them as its own. */
    void add(int index, Collection<String> addresses) throws ErrnoException {
        execute(NEW_ADDRESS, NetlinkMessage.CREATE, "add address ", index, addresses);
        awaitLocal(addresses);
    }

    /**
     * The kernel makes the local route of an IPv6 address a moment after it has taken the address,
     * in a work queue. A connection begun in between would leave by this link, and what the kernel
     * remembers of it would keep its later packets from their pod.
     */
    private void awaitLocal(Collection<String> addresses) {
        long deadline = System.nanoTime() + LOCAL_ROUTES_WITHIN.toNanos();
        for (String address : addresses) {
            while (IpFamily.of(address) == IpFamily.IPV6 && !isLocal(address)) {
                if (System.nanoTime() - deadline > 0) {
                    log.warn("{} on {} has no local route yet", address, NAME);
                    return;
                }
                LockSupport.parkNanos(LOCAL_ROUTE_POLL_NANOS);
            }
        }
    }

    void remove(int index, Collection<String> addresses) throws ErrnoException {
        execute(DELETE_ADDRESS, 0, "remove address ", index, addresses);
    }

    private void execute(
            int type, int flags, String operation, int index, Collection<String> addresses)
            throws ErrnoException {
        List<NetlinkMessage> messages =
                addresses.stream()
                        .map(address -> message(type, flags, operation, index, address))
                        .toList();
        for (ErrnoException failure : socket.execute(messages)) {
            boolean isDone =
                    type == NEW_ADDRESS
                            ? failure.errno() == ErrnoException.EEXIST
                            : failure.errno() == ErrnoException.EADDRNOTAVAIL;
            if (!isDone) {
                throw failure;
            }
        }
    }

    private static NetlinkMessage message(
            int type, int flags, String operation, int index, String address) {
        boolean isV4 = IpFamily.of(address) == IpFamily.IPV4;
        byte[] bytes = AddressText.bytes(address);
        // Of scope host: the kernel does not choose it as the source of what it sends elsewhere.
        byte[] header =
                header(ADDRESS_HEADER_LENGTH)
                        .put((byte) (isV4 ? AF_INET : AF_INET6))
                        .put((byte) (bytes.length * Byte.SIZE))
                        .put((byte) (isV4 ? 0 : ADDRESS_NO_DETECTION))
                        .put((byte) SCOPE_HOST)
                        .putInt(index)
                        .array();
        NetlinkMessage message =
                new NetlinkMessage(operation + address + " on link " + NAME, type, flags)
                        .bytes(header)
                        .put(ADDRESS_LOCAL, bytes)
                        .put(ADDRESS, bytes);
        if (!isV4) {
            // No route that leads out of the link, which swallows everything.
            message.putU32(ADDRESS_FLAGS, ADDRESS_NO_DETECTION | ADDRESS_NO_PREFIX_ROUTE);
        }
        return message;
    }

    /** Whether the machine takes an address as its own; to ask does not cost more with many. */
    boolean isLocal(String address) {
        byte[] bytes = AddressText.bytes(address);
        byte[] header = new byte[ROUTE_HEADER_LENGTH];
        header[0] = (byte) (bytes.length == 4 ? AF_INET : AF_INET6);
        header[1] = (byte) (bytes.length * Byte.SIZE);
        boolean[] isLocal = new boolean[1];
        try {
            socket.get(
                    new NetlinkMessage("find the route to " + address, GET_ROUTE, 0)
                            .bytes(header)
                            .put(ROUTE_DESTINATION, bytes),
                    reply -> isLocal[0] = reply.payload().get(ROUTE_TYPE_OFFSET) == ROUTE_LOCAL);
        } catch (ErrnoException _) {
            return false; // no route at all
        }
        return isLocal[0];
    }

    /** An {@code ifinfomsg}. */
    private static byte[] linkHeader(int index, int flags, int change) {
        return header(LINK_HEADER_LENGTH)
                .putInt(0)
                .putInt(index)
                .putInt(flags)
                .putInt(change)
                .array();
    }

    private static ByteBuffer header(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        socket.close();
    }
}
