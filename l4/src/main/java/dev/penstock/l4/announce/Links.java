package dev.penstock.l4.announce;

import dev.penstock.l4.netlink.Attributes;
import dev.penstock.l4.netlink.ErrnoException;
import dev.penstock.l4.netlink.NetlinkMessage;
import dev.penstock.l4.netlink.NetlinkReply;
import dev.penstock.l4.netlink.NetlinkSocket;
import dev.penstock.model.address.Cidr;
import dev.penstock.model.address.IpFamily;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The machine's Ethernet links, their networks and the default routes, at one moment. */
final class Links {

    private static final int GET_LINK = 18;
    private static final int GET_ADDRESS = 22;
    private static final int GET_ROUTE = 26;

    private static final int LINK_ADDRESS = 1;
    private static final int LINK_NAME = 3;
    private static final int ADDRESS = 1;
    private static final int ROUTE_OUT = 4;
    private static final int ROUTE_PRIORITY = 6;
    private static final int ROUTE_UNICAST = 1;
    private static final int TABLE_MAIN = 254;

    private static final int LINK_HEADER_LENGTH = 16;
    private static final int ADDRESS_HEADER_LENGTH = 8;
    private static final int ROUTE_HEADER_LENGTH = 12;

    private static final int KIND_ETHERNET = 1;
    private static final int FLAG_LOOPBACK = 0x8;
    private static final int FLAG_NO_ARP = 0x80;
    private static final int AF_INET = 2;

    private final Map<Integer, Link> links = new HashMap<>();
    private final List<Network> networks = new ArrayList<>();
    private final Map<IpFamily, Route> defaults = new EnumMap<>(IpFamily.class);

    /**
     * A link that can announce.
     *
     * @param address its link address, 6 bytes
     */
    record Link(int index, String name, byte[] address) {}

    private record Network(int link, Cidr cidr) {}

    private record Route(int link, long metric) {}

    private Links() {}

    /** Reads them from the kernel. */
    static Links read() throws ErrnoException {
        Links links = new Links();
        try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
            socket.dump(
                    new NetlinkMessage("list links", GET_LINK, 0)
                            .bytes(new byte[LINK_HEADER_LENGTH]),
                    links.links::clear,
                    links::addLink);
            socket.dump(
                    new NetlinkMessage("list addresses", GET_ADDRESS, 0)
                            .bytes(new byte[ADDRESS_HEADER_LENGTH]),
                    links.networks::clear,
                    links::addNetwork);
            socket.dump(
                    new NetlinkMessage("list routes", GET_ROUTE, 0)
                            .bytes(new byte[ROUTE_HEADER_LENGTH]),
                    links.defaults::clear,
                    links::addRoute);
        }
        return links;
    }

    private void addLink(NetlinkReply reply) {
        Attributes attributes = reply.attributes(LINK_HEADER_LENGTH);
        int kind = reply.payload().getShort(reply.payload().position() + 2);
        int index = reply.payload().getInt(reply.payload().position() + 4);
        int flags = reply.payload().getInt(reply.payload().position() + 8);
        byte[] address = attributes.array(LINK_ADDRESS);
        if (kind == KIND_ETHERNET
                && (flags & (FLAG_LOOPBACK | FLAG_NO_ARP)) == 0
                && address.length == Ethernet.ADDRESS_LENGTH) {
            links.put(index, new Link(index, attributes.string(LINK_NAME), address));
        }
    }

    private void addNetwork(NetlinkReply reply) {
        int at = reply.payload().position();
        byte[] address = reply.attributes(ADDRESS_HEADER_LENGTH).array(ADDRESS);
        int prefix = reply.payload().get(at + 1) & 0xff;
        // An address alone, as of a Service on some link, is no network.
        if (address.length > 0 && prefix < address.length * Byte.SIZE) {
            try {
                networks.add(
                        new Network(
                                reply.payload().getInt(at + 4),
                                new Cidr(InetAddress.getByAddress(address), prefix)));
            } catch (UnknownHostException e) {
                throw new IllegalStateException("the kernel gives whole addresses", e);
            }
        }
    }

    private void addRoute(NetlinkReply reply) {
        int at = reply.payload().position();
        boolean isDefault =
                reply.payload().get(at + 1) == 0
                        && (reply.payload().get(at + 4) & 0xff) == TABLE_MAIN
                        && reply.payload().get(at + 7) == ROUTE_UNICAST;
        Attributes attributes = reply.attributes(ROUTE_HEADER_LENGTH);
        if (isDefault && attributes.has(ROUTE_OUT)) {
            IpFamily family = reply.payload().get(at) == AF_INET ? IpFamily.IPV4 : IpFamily.IPV6;
            long metric = attributes.u32(ROUTE_PRIORITY, 0) & 0xffff_ffffL;
            defaults.merge(
                    family,
                    new Route(attributes.u32(ROUTE_OUT, 0), metric),
                    (a, b) -> a.metric() <= b.metric() ? a : b);
        }
    }

    /** The link of a name; null if there is none that can announce. */
    @Nullable Link named(String name) {
        return links.values().stream()
                .filter(link -> link.name().equals(name))
                .findAny()
                .orElse(null);
    }

    /**
     * The link whose network an address is in, the smallest network if there are several, else that
     * of the default route; null if there is neither.
     */
    @Nullable Link of(InetAddress address) {
        Network network =
                networks.stream()
                        .filter(candidate ->
                                links.containsKey(candidate.link())
                                        && candidate.cidr().contains(address))
                        .max(Comparator.comparingInt(candidate -> candidate.cidr().prefixLength()))
                        .orElse(null);
        if (network != null) {
            return links.get(network.link());
        }
        Route route =
                defaults.get(address.getAddress().length == 4 ? IpFamily.IPV4 : IpFamily.IPV6);
        return route == null ? null : links.get(route.link());
    }
}
