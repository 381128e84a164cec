package dev.penstock.l4.netlink;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * An address that a link of this machine, or of the network namespace, has (Linux, {@code
 * include/uapi/linux/if_addr.h}).
 *
 * @param link the link's number
 * @param bytes 4 or 16
 */
public record LinkAddress(int link, byte[] bytes) {

    private static final int GET_ADDRESS = 22;
    private static final int HEADER_LENGTH = 8;
    private static final int LINK_OFFSET = 4;
    private static final int ADDRESS = 1;
    private static final int ADDRESS_LOCAL = 2;

    /**
     * Reads all, which takes milliseconds even if there are thousands.
     *
     * @param socket of {@link NetlinkSocket#ROUTE}
     * @param links those whose addresses are wanted
     */
    public static List<LinkAddress> read(NetlinkSocket socket, IntPredicate links)
            throws ErrnoException {
        List<LinkAddress> addresses = new ArrayList<>();
        socket.dump(
                new NetlinkMessage("list addresses", GET_ADDRESS, 0).bytes(new byte[HEADER_LENGTH]),
                addresses::clear,
                reply -> {
                    int link = reply.payload().getInt(LINK_OFFSET);
                    if (links.test(link)) {
                        add(link, reply.attributes(HEADER_LENGTH), addresses);
                    }
                });
        return addresses;
    }

    private static void add(int link, Attributes attributes, List<LinkAddress> addresses) {
        // On a link from point to point the first is the other end's.
        byte[] local = attributes.array(ADDRESS_LOCAL);
        byte[] bytes = local.length > 0 ? local : attributes.array(ADDRESS);
        if (bytes.length > 0) {
            addresses.add(new LinkAddress(link, bytes));
        }
    }
}
