package dev.penstock.l4.ipset;

import dev.penstock.l4.netlink.Attributes;
import dev.penstock.l4.netlink.ErrnoException;
import dev.penstock.l4.netlink.NetlinkMessage;
import dev.penstock.l4.netlink.NetlinkReply;
import dev.penstock.l4.netlink.NetlinkSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Elements of sets by netlink, without a program for each change (Linux, {@code
 * include/uapi/linux/netfilter/ipset/ip_set.h}). Sets themselves are made and removed by {@link
 * Ipset}. One thread at a time.
 */
public final class SetSocket implements AutoCloseable {

    private static final int SUBSYSTEM = 6 << 8;
    private static final int LIST = SUBSYSTEM | 7;
    private static final int ADD = SUBSYSTEM | 9;
    private static final int DELETE = SUBSYSTEM | 10;

    private static final int ATTRIBUTE_PROTOCOL = 1;
    private static final int ATTRIBUTE_SET = 2;
    private static final int ATTRIBUTE_FLAGS = 6;
    private static final int ATTRIBUTE_ELEMENT = 7;
    private static final int ATTRIBUTE_ELEMENTS = 8;
    private static final int ATTRIBUTE_LINE = 9;

    private static final int FLAG_LIST_NAMES = 0x2;

    private static final int PROTOCOL = 6; // what all kernels since 2.6.39 speak
    private static final int HEADER_LENGTH = 4;
    private static final int AF_INET = 2;
    private static final int ELEMENTS_MAX = 200; // of one message, which holds 64 KiB

    private final NetlinkSocket socket;

    private SetSocket(NetlinkSocket socket) {
        this.socket = socket;
    }

    public static SetSocket open() throws ErrnoException {
        return new SetSocket(NetlinkSocket.open(NetlinkSocket.NETFILTER));
    }

    /**
     * Adds elements to a set, or deletes them; those that are there already, or not there, are no
     * error.
     *
     * @param added whether they are added
     * @param elements as {@code ipset save} writes them
     */
    public record Change(String set, boolean added, List<String> elements) {

        public Change {
            elements = List.copyOf(elements);
        }
    }

    /** Does all of them in order, up to the end even if one fails; then the first is thrown. */
    public void execute(List<Change> changes) throws ErrnoException {
        List<NetlinkMessage> messages = new ArrayList<>();
        for (Change change : changes) {
            for (int i = 0; i < change.elements.size(); i += ELEMENTS_MAX) {
                int end = Math.min(change.elements.size(), i + ELEMENTS_MAX);
                messages.add(message(change, change.elements.subList(i, end)));
            }
        }
        List<ErrnoException> failures = socket.execute(messages);
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }

    private static NetlinkMessage message(Change change, List<String> elements) {
        String operation = (change.added ? "add to" : "delete from") + " set " + change.set;
        NetlinkMessage message = request(operation, change.added ? ADD : DELETE, change.set);
        message.putU32(ATTRIBUTE_LINE, 0);
        NetlinkMessage.Nest all = message.nest(ATTRIBUTE_ELEMENTS);
        for (String element : elements) {
            NetlinkMessage.Nest one = message.nest(ATTRIBUTE_ELEMENT);
            ElementCodec.write(message, element);
            one.end();
        }
        all.end();
        return message;
    }

    private static NetlinkMessage request(String operation, int type, String set) {
        return request(operation, type).putString(ATTRIBUTE_SET, set);
    }

    private static NetlinkMessage request(String operation, int type) {
        return new NetlinkMessage(operation, type, 0)
                .bytes(new byte[] {AF_INET, 0, 0, 0})
                .putU8(ATTRIBUTE_PROTOCOL, PROTOCOL);
    }

    /** The names of all sets. */
    public Set<String> names() throws ErrnoException {
        Set<String> names = new HashSet<>();
        socket.dump(
                request("list sets", LIST).putNetworkU32(ATTRIBUTE_FLAGS, FLAG_LIST_NAMES),
                names::clear,
                reply -> names.add(reply.attributes(HEADER_LENGTH).string(ATTRIBUTE_SET)));
        return names;
    }

    /** The elements of a set, as {@code ipset save} writes them. */
    public List<String> elements(String set) throws ErrnoException {
        List<String> elements = new ArrayList<>();
        socket.dump(
                request("list set " + set, LIST, set),
                elements::clear,
                reply -> read(reply, elements));
        return elements;
    }

    private static void read(NetlinkReply reply, List<String> elements) {
        Attributes all = reply.attributes(HEADER_LENGTH).nested(ATTRIBUTE_ELEMENTS);
        for (Attributes.Attribute one : all.all()) {
            elements.add(ElementCodec.read(one.nested()));
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
