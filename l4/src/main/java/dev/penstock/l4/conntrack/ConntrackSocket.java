package dev.penstock.l4.conntrack;

import dev.penstock.l4.netlink.Attributes;
import dev.penstock.l4.netlink.ErrnoException;
import dev.penstock.l4.netlink.NativeSocket;
import dev.penstock.l4.netlink.NetlinkMessage;
import dev.penstock.l4.netlink.NetlinkReply;
import dev.penstock.l4.netlink.NetlinkSocket;
import dev.penstock.l4.node.RulesException;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.address.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The kernel's flows by netlink (Linux, {@code linux/netfilter/nfnetlink_conntrack.h}). */
final class ConntrackSocket implements FlowTable {

    private static final int SUBSYSTEM = 1 << 8;
    private static final int GET = SUBSYSTEM | 1;
    private static final int DELETE = SUBSYSTEM | 2;
    private static final int HEADER_LENGTH = 4;
    private static final int AF_INET = 2;
    private static final int UDP = 17;

    private static final int ORIGINAL = 1;
    private static final int REPLY = 2;
    private static final int ID = 12;
    private static final int ZONE = 18;
    private static final int FILTER = 25;
    private static final int FILTER_ORIGINAL = 1;
    private static final int FILTER_REPLY = 2;
    private static final int FILTER_PROTOCOL = 1 << 3;

    private static final int TUPLE_ADDRESSES = 1;
    private static final int TUPLE_PROTOCOL = 2;
    private static final int PROTOCOL_NUMBER = 1;
    private static final int PROTOCOL_SOURCE_PORT = 2;
    private static final int PROTOCOL_DESTINATION_PORT = 3;

    private final NetlinkSocket socket;

    private ConntrackSocket(NetlinkSocket socket) {
        this.socket = socket;
    }

    static ConntrackSocket open() throws RulesException {
        try {
            return new ConntrackSocket(NetlinkSocket.open(NetlinkSocket.NETFILTER));
        } catch (ErrnoException e) {
            throw new RulesException(e.getMessage(), e);
        }
    }

    @Override
    public List<Flow> find(IpFamily family, Predicate<Flow> test) throws RulesException {
        NetlinkMessage request = request("list UDP flows", GET, family);
        // Kernels since 5.8 leave out the rest themselves; older ones do not know the filter.
        NetlinkMessage.Nest original = request.nest(ORIGINAL);
        NetlinkMessage.Nest protocol = request.nest(TUPLE_PROTOCOL);
        request.putU8(PROTOCOL_NUMBER, UDP);
        protocol.end();
        original.end();
        NetlinkMessage.Nest filter = request.nest(FILTER);
        request.putU32(FILTER_ORIGINAL, FILTER_PROTOCOL).putU32(FILTER_REPLY, 0);
        filter.end();
        List<Flow> found = new ArrayList<>();
        try {
            socket.dump(
                    request,
                    found::clear,
                    reply -> {
                        Flow flow = read(reply, family);
                        if (flow != null && test.test(flow)) {
                            found.add(flow);
                        }
                    });
        } catch (ErrnoException e) {
            throw new RulesException(e.getMessage(), e);
        }
        return found;
    }

    /** Reads an entry; null for one of another protocol or in a zone. */
    private static @Nullable Flow read(NetlinkReply reply, IpFamily family) {
        Attributes entry = reply.attributes(HEADER_LENGTH);
        Attributes original = entry.nested(ORIGINAL);
        Attributes ports = original.nested(TUPLE_PROTOCOL);
        if (ports.u8(PROTOCOL_NUMBER, 0) != UDP || entry.networkU16(ZONE, 0) != 0) {
            return null;
        }
        Peer client = peer(original, family, true);
        Peer destination = peer(original, family, false);
        Peer server = peer(entry.nested(REPLY), family, true);
        return client == null || destination == null || server == null
                ? null
                : new Flow(family, client, destination, server, entry.networkU32(ID, 0));
    }

    private static @Nullable Peer peer(Attributes tuple, IpFamily family, boolean isSource) {
        byte[] address = tuple.nested(TUPLE_ADDRESSES).array(addressAttribute(family, isSource));
        int port =
                tuple.nested(TUPLE_PROTOCOL)
                        .networkU16(
                                isSource ? PROTOCOL_SOURCE_PORT : PROTOCOL_DESTINATION_PORT, -1);
        return address.length != family.bits() / Byte.SIZE || port < 0
                ? null
                : new Peer(AddressText.of(address, address.length), port);
    }

    private static int addressAttribute(IpFamily family, boolean isSource) {
        int first = family == IpFamily.IPV4 ? 1 : 3;
        return isSource ? first : first + 1;
    }

    @Override
    public int delete(List<Flow> flows) throws RulesException {
        List<ErrnoException> failures;
        try {
            failures = socket.execute(flows.stream().map(ConntrackSocket::deletion).toList());
        } catch (ErrnoException e) {
            throw new RulesException(e.getMessage(), e);
        }
        int gone = 0;
        for (ErrnoException failure : failures) {
            // It ended by itself, or another flow of the same ends has begun since.
            if (failure.errno() != ErrnoException.ENOENT) {
                throw new RulesException(failure.getMessage(), failure);
            }
            gone++;
        }
        return flows.size() - gone;
    }

    private static NetlinkMessage deletion(Flow flow) {
        NetlinkMessage message = request("delete a UDP flow", DELETE, flow.family());
        NetlinkMessage.Nest original = message.nest(ORIGINAL);
        NetlinkMessage.Nest addresses = message.nest(TUPLE_ADDRESSES);
        message.put(
                addressAttribute(flow.family(), true), AddressText.bytes(flow.client().address()));
        message.put(
                addressAttribute(flow.family(), false),
                AddressText.bytes(flow.destination().address()));
        addresses.end();
        NetlinkMessage.Nest protocol = message.nest(TUPLE_PROTOCOL);
        message.putU8(PROTOCOL_NUMBER, UDP)
                .putNetworkU16(PROTOCOL_SOURCE_PORT, flow.client().port())
                .putNetworkU16(PROTOCOL_DESTINATION_PORT, flow.destination().port());
        protocol.end();
        original.end();
        return message.putNetworkU32(ID, flow.id());
    }

    private static NetlinkMessage request(String operation, int type, IpFamily family) {
        int number = family == IpFamily.IPV4 ? AF_INET : NativeSocket.AF_INET6;
        return new NetlinkMessage(operation, type, 0).bytes(new byte[] {(byte) number, 0, 0, 0});
    }

    @Override
    public void close() {
        socket.close();
    }
}
