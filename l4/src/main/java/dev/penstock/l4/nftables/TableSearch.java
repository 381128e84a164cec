package dev.penstock.l4.nftables;

import dev.penstock.l4.netlink.ErrnoException;
import dev.penstock.l4.netlink.NetlinkMessage;
import dev.penstock.l4.netlink.NetlinkSocket;

/**
 * Finds tables of nf_tables by name, by the kernel's own protocol (include/uapi/linux/netfilter/
 * nf_tables.h): to list the names of tables, nft 1.0.6 fetches every element of every set.
 */
public final class TableSearch {

    private static final int GET_TABLE = (10 << 8) | 1;
    private static final int NAME = 1;

    private TableSearch() {}

    /**
     * Whether the network namespace of this thread has such a table of family ip or ip6; false also
     * where the kernel has no nf_tables, or does not let us look.
     */
    public static boolean isPresent(String name) {
        try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETFILTER)) {
            for (Dialect dialect : Dialect.values()) {
                if (isPresent(socket, dialect, name)) {
                    return true;
                }
            }
            return false;
        } catch (ErrnoException _) {
            return false;
        }
    }

    private static boolean isPresent(NetlinkSocket socket, Dialect dialect, String name)
            throws ErrnoException {
        byte[] header = {(byte) dialect.protocolFamily(), 0, 0, 0};
        try {
            socket.get(
                    new NetlinkMessage("look for table " + name, GET_TABLE, 0)
                            .bytes(header)
                            .putString(NAME, name),
                    _ -> {});
            return true;
        } catch (ErrnoException e) {
            if (e.errno() == ErrnoException.ENOENT) {
                return false;
            }
            throw e;
        }
    }
}
