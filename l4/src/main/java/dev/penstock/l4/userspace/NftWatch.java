package dev.penstock.l4.userspace;

import dev.penstock.l4.netlink.ErrnoException;
import dev.penstock.l4.netlink.NetlinkMessage;
import dev.penstock.l4.netlink.NetlinkSocket;
import dev.penstock.l4.node.RulesException;

/**
 * Sees whether somebody else has changed our tables, by the kernel's own protocol
 * (include/uapi/linux/netfilter/nf_tables.h): the command fetches every element of every map to
 * list one chain. One thread at a time.
 */
final class NftWatch implements AutoCloseable {

    private static final int SUBSYSTEM = 10 << 8;
    private static final int GET_RULE = 7;
    private static final int GET_GENERATION = 16;
    private static final int RULE_TABLE = 1;
    private static final int GENERATION_ID = 1;

    /** Of {@code nfgenmsg}, which begins with the protocol family. */
    private static final int HEADER_LENGTH = 4;

    private static final byte[] PROTOCOL_FAMILIES = {2, 10};

    private final NetlinkSocket socket;
    private int generation;
    private int rules;

    private NftWatch(NetlinkSocket socket) {
        this.socket = socket;
    }

    static NftWatch open() throws RulesException {
        try {
            return new NftWatch(NetlinkSocket.open(NetlinkSocket.NETFILTER));
        } catch (ErrnoException e) {
            throw new RulesException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Remembers how the tables are now. */
    void remember() throws RulesException {
        try {
            generation = readGeneration();
            rules = countRules();
        } catch (ErrnoException e) {
            throw new RulesException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Whether no rule of ours has gone or come since. */
    boolean isAsRemembered() throws RulesException {
        try {
            int present = readGeneration();
            if (present != generation) {
                if (countRules() != rules) {
                    return false;
                }
                generation = present; // somebody changed rules of their own
            }
            return true;
        } catch (ErrnoException e) {
            throw new RulesException(String.valueOf(e.getMessage()), e);
        }
    }

    private int readGeneration() throws ErrnoException {
        int[] read = {0};
        socket.get(
                request("read the generation of nf_tables", GET_GENERATION, (byte) 0),
                reply -> read[0] = reply.attributes(HEADER_LENGTH).networkU32(GENERATION_ID, 0));
        return read[0];
    }

    private int countRules() throws ErrnoException {
        int total = 0;
        for (byte family : PROTOCOL_FAMILIES) {
            int[] count = {0};
            socket.dump(
                    request("count the rules of " + NftText.NAME, GET_RULE, family)
                            .putString(RULE_TABLE, NftText.NAME),
                    () -> count[0] = 0,
                    reply -> {
                        boolean isOurs =
                                NftText.NAME.equals(
                                        reply.attributes(HEADER_LENGTH).string(RULE_TABLE));
                        count[0] += isOurs ? 1 : 0;
                    });
            total += count[0];
        }
        return total;
    }

    private static NetlinkMessage request(String operation, int type, byte family) {
        return new NetlinkMessage(operation, SUBSYSTEM | type, 0)
                .bytes(new byte[] {family, 0, 0, 0});
    }

    @Override
    public void close() {
        socket.close();
    }
}
