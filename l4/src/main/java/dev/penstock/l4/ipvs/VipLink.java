package dev.penstock.l4.ipvs;

import static dev.penstock.l4.netlink.NativeSocket.AF_INET6;

import dev.penstock.l4.netlink.Attributes;
import dev.penstock.l4.netlink.ErrnoException;
import dev.penstock.l4.netlink.LinkAddress;
import dev.penstock.l4.netlink.NetlinkMessage;
import dev.penstock.l4.netlink.NetlinkReply;
import dev.penstock.l4.netlink.NetlinkSocket;
import dev.penstock.model.address.AddressText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The dummy link that the Services' addresses lead to, by rtnetlink (Linux, {@code
 * include/uapi/linux/if_link.h}, {@code rtnetlink.h}). The machine takes them as its own by local
 * routes, which are made at once however many there are; it would look through all addresses of the
 * link for each that is added. The link's alias, a text that the kernel keeps for us, holds what
 * else was changed on the machine.
 */
final class VipLink implements AutoCloseable {

    /** Its name. */
    static final String NAME = "penstock0";

    private static final String TRIAL_NAME = "penstock-try";
    private static final String KIND = "dummy";

    private static final int NEW_LINK = 16;
    private static final int DELETE_LINK = 17;
    private static final int GET_LINK = 18;
    private static final int NEW_ROUTE = 24;
    private static final int DELETE_ROUTE = 25;
    private static final int GET_ROUTE = 26;

    private static final int LINK_NAME = 3;
    private static final int LINK_INFO = 18;
    private static final int LINK_INFO_KIND = 1;
    private static final int LINK_ALIAS = 20;
    private static final int LINK_FAMILIES = 26;
    private static final int LINK_ADDRESS_GENERATION = 8;
    private static final int ADDRESS_GENERATION_NONE = 1;

    private static final int ROUTE_DESTINATION = 1;
    private static final int ROUTE_LINK = 4;
    private static final int ROUTE_LENGTH_OFFSET = 1;
    private static final int ROUTE_TABLE_OFFSET = 4;
    private static final int ROUTE_PROTOCOL_OFFSET = 5;
    private static final int ROUTE_SCOPE_OFFSET = 6;
    private static final int ROUTE_TYPE_OFFSET = 7;
    private static final byte TABLE_LOCAL = (byte) 255;
    private static final byte PROTOCOL_STATIC = 4;
    private static final byte SCOPE_HOST = (byte) 254;
    private static final byte TYPE_LOCAL = 2;

    private static final int LINK_HEADER_LENGTH = 16;
    private static final int ROUTE_HEADER_LENGTH = 12;
    private static final int FLAG_UP = 0x1;
    private static final int FLAG_NO_ARP = 0x80;
    private static final int AF_INET = 2;

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

    /** The addresses that lead to our link, and those that links have. */
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

    /** Makes it, without an address of its own, and up. */
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

    /** Removes it with the routes to it. */
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

    /** All addresses of the machine, and those that lead to a link. */
    Addresses addresses(int index) throws ErrnoException {
        Addresses addresses = new Addresses(new HashSet<>(), new HashSet<>());
        socket.dump(
                new NetlinkMessage("list routes", GET_ROUTE, 0)
                        .bytes(new byte[ROUTE_HEADER_LENGTH]),
                addresses.ours::clear,
                reply -> {
                    byte[] destination = localDestination(reply, index);
                    if (destination != null) {
                        addresses.ours.add(AddressText.of(destination, destination.length));
                    }
                });
        for (LinkAddress address : LinkAddress.read(socket, _ -> true)) {
            byte[] bytes = address.bytes();
            if (!isLinkLocal(bytes)) {
                addresses.elsewhere.add(AddressText.of(bytes, bytes.length));
            }
        }
        return addresses;
    }

    /** The one address of a local route to a link; null if it is another kind of route. */
    private static byte @Nullable [] localDestination(NetlinkReply reply, int index) {
        int start = reply.payload().position();
        if (reply.payload().get(start + ROUTE_TABLE_OFFSET) != TABLE_LOCAL
                || reply.payload().get(start + ROUTE_TYPE_OFFSET) != TYPE_LOCAL) {
            return null;
        }
        Attributes attributes = reply.attributes(ROUTE_HEADER_LENGTH);
        byte[] address = attributes.array(ROUTE_DESTINATION);
        int length = reply.payload().get(start + ROUTE_LENGTH_OFFSET) & 0xff;
        return attributes.u32(ROUTE_LINK, 0) == index
                        && address.length > 0
                        && address.length * Byte.SIZE == length
                ? address
                : null;
    }

    private static boolean isLinkLocal(byte[] address) {
        return address.length == 16 && (address[0] & 0xff) == 0xfe && (address[1] & 0xc0) == 0x80;
    }

    /** Lets the machine take addresses as its own. */
    void add(int index, Collection<String> addresses) throws ErrnoException {
        int flags = NetlinkMessage.CREATE | NetlinkMessage.EXCLUSIVE;
        execute(NEW_ROUTE, flags, "add local route to ", index, addresses);
    }

    void remove(int index, Collection<String> addresses) throws ErrnoException {
        execute(DELETE_ROUTE, 0, "remove local route to ", index, addresses);
    }

    private void execute(
            int type, int flags, String operation, int index, Collection<String> addresses)
            throws ErrnoException {
        List<NetlinkMessage> messages =
                addresses.stream()
                        .map(address -> message(type, flags, operation, index, address))
                        .toList();
        int done = type == NEW_ROUTE ? ErrnoException.EEXIST : ErrnoException.ESRCH;
        for (ErrnoException failure : socket.execute(messages)) {
            if (failure.errno() != done) {
                throw failure;
            }
        }
    }

    private static NetlinkMessage message(
            int type, int flags, String operation, int index, String address) {
        byte[] bytes = AddressText.bytes(address);
        byte[] header = routeHeader(bytes);
        header[ROUTE_TABLE_OFFSET] = TABLE_LOCAL;
        header[ROUTE_PROTOCOL_OFFSET] = PROTOCOL_STATIC;
        header[ROUTE_SCOPE_OFFSET] = SCOPE_HOST;
        header[ROUTE_TYPE_OFFSET] = TYPE_LOCAL;
        return new NetlinkMessage(operation + address + " on link " + NAME, type, flags)
                .bytes(header)
                .put(ROUTE_DESTINATION, bytes)
                .putU32(ROUTE_LINK, index);
    }

    /** An {@code rtmsg} with a destination of one address. */
    private static byte[] routeHeader(byte[] address) {
        byte[] header = new byte[ROUTE_HEADER_LENGTH];
        header[0] = (byte) (address.length == 4 ? AF_INET : AF_INET6);
        header[ROUTE_LENGTH_OFFSET] = (byte) (address.length * Byte.SIZE);
        return header;
    }

    /** Whether the machine takes an address as its own; to ask does not cost more with many. */
    boolean isLocal(String address) {
        byte[] bytes = AddressText.bytes(address);
        boolean[] isLocal = new boolean[1];
        try {
            socket.get(
                    new NetlinkMessage("find the route to " + address, GET_ROUTE, 0)
                            .bytes(routeHeader(bytes))
                            .put(ROUTE_DESTINATION, bytes),
                    reply -> isLocal[0] = reply.payload().get(ROUTE_TYPE_OFFSET) == TYPE_LOCAL);
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
