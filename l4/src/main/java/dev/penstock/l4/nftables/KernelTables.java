package dev.penstock.l4.nftables;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.l4.netlink.Attributes;
import dev.penstock.l4.netlink.ErrnoException;
import dev.penstock.l4.netlink.NetlinkMessage;
import dev.penstock.l4.netlink.NetlinkReply;
import dev.penstock.l4.netlink.NetlinkSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads our tables back from the kernel, by its own protocol (include/uapi/linux/netfilter/
 * nf_tables.h): nft's listings need about a kilobyte of memory for each element, and even to ask
 * whether a table exists, nft 1.0.6 fetches every element of every set. One thread.
 */
final class KernelTables implements AutoCloseable {

    static final int NEW_RULE = 6;

    /** In place of a number of elements. */
    static final int UNCOUNTED = -1;

    private static final int GET_TABLE = 1;
    private static final int GET_CHAIN = 4;
    private static final int GET_RULE = 7;
    private static final int GET_SET = 10;
    private static final int GET_ELEMENT = 13;
    private static final int GET_GENERATION = 16;

    private static final int SUBSYSTEM = 10 << 8;
    private static final int BATCH_BEGIN = 16;
    private static final int BATCH_END = 17;
    private static final int BATCH_MAX = 500;

    /** Of {@code nfgenmsg}. */
    private static final int HEADER_LENGTH = 4;

    private static final int TABLE = 1; // of every kind of object
    private static final int TABLE_USERDATA = 6;
    private static final int CHAIN_NAME = 3;
    private static final int RULE_CHAIN = 2;
    private static final int RULE_USERDATA = 7;
    private static final int SET_NAME = 2;
    private static final int SET_COUNT = 20;
    private static final int ELEMENT_SET = 2;
    private static final int ELEMENTS = 3;
    private static final int GENERATION_ID = 1;

    private final NetlinkSocket socket;

    private KernelTables(NetlinkSocket socket) {
        this.socket = socket;
    }

    static KernelTables open() throws ErrnoException {
        return new KernelTables(NetlinkSocket.open(NetlinkSocket.NETFILTER));
    }

    static NetlinkMessage request(String operation, int type, Dialect dialect, int flags) {
        return new NetlinkMessage(operation, SUBSYSTEM | type, flags)
                .bytes(new byte[] {(byte) dialect.protocolFamily(), 0, 0, 0});
    }

    /**
     * The number of the last change that anybody made to any rule of nf_tables.
     *
     * @throws ErrnoException also where the kernel has no nf_tables, or we may not use it
     */
    int generation() throws ErrnoException {
        int[] generation = new int[1];
        socket.get(
                request("read the generation of nf_tables", GET_GENERATION, Dialect.IP, 0),
                reply -> generation[0] = attributes(reply).networkU32(GENERATION_ID, 0));
        return generation[0];
    }

    /** The comment of our table of a family; empty where it has none, null without such a table. */
    @Nullable String comment(Dialect dialect) throws ErrnoException {
        String[] comment = {""};
        try {
            socket.get(
                    request("read table " + dialect.table(), GET_TABLE, dialect, 0)
                            .putString(TABLE, Dialect.TABLE),
                    reply -> comment[0] = comment(attributes(reply), TABLE_USERDATA));
            return comment[0];
        } catch (ErrnoException e) {
            if (e.errno() == ErrnoException.ENOENT || e.errno() == ErrnoException.EOPNOTSUPP) {
                return null;
            }
            throw e;
        }
    }

    /** The comments of the rules of each chain of a table. */
    Map<String, List<String>> chains(Dialect dialect) throws ErrnoException {
        Map<String, List<String>> chains = new LinkedHashMap<>();
        dump(
                request("read the chains of " + dialect.table(), GET_CHAIN, dialect, 0),
                chains::clear,
                chain -> {
                    // Kernels differ in whether they list the chains of other tables too.
                    if (chain.string(TABLE).equals(Dialect.TABLE)) {
                        chains.put(chain.string(CHAIN_NAME), new ArrayList<>());
                    }
                });
        dump(
                request("read the rules of " + dialect.table(), GET_RULE, dialect, 0)
                        .putString(TABLE, Dialect.TABLE),
                () -> chains.values().forEach(List::clear),
                rule -> {
                    if (rule.string(TABLE).equals(Dialect.TABLE)) {
                        chains.computeIfAbsent(rule.string(RULE_CHAIN), _ -> new ArrayList<>())
                                .add(comment(rule, RULE_USERDATA));
                    }
                });
        return chains;
    }

    /**
     * The table's sets and maps, and those that rules have in them, by name with the number of
     * their elements; {@value #UNCOUNTED} where the kernel does not tell (before 6.17).
     */
    Map<String, Integer> sets(Dialect dialect) throws ErrnoException {
        Map<String, Integer> sets = new HashMap<>();
        dump(
                request("read the sets of " + dialect.table(), GET_SET, dialect, 0)
                        .putString(TABLE, Dialect.TABLE),
                sets::clear,
                set -> {
                    if (set.string(TABLE).equals(Dialect.TABLE)) {
                        sets.put(set.string(SET_NAME), set.networkU32(SET_COUNT, UNCOUNTED));
                    }
                });
        return sets;
    }

    /**
     * The elements of a set or map that exists.
     *
     * @param restart called when it changed meanwhile: all come again
     */
    void elements(
            Dialect dialect,
            Collection collection,
            Runnable restart,
            Consumer<KernelElement> elements)
            throws ErrnoException {
        dump(
                request(
                                "read " + dialect.table() + " " + collection.title(),
                                GET_ELEMENT,
                                dialect,
                                0)
                        .putString(TABLE, Dialect.TABLE)
                        .putString(ELEMENT_SET, collection.title()),
                restart,
                list -> {
                    for (Attributes.Attribute element : list.nested(ELEMENTS).all()) {
                        elements.accept(KernelElement.of(dialect, collection, element.nested()));
                    }
                });
    }

    /** Which elements a set or map has, by reading them all. */
    Tally tally(Dialect dialect, Collection collection) throws ErrnoException {
        Tally tally = new Tally();
        elements(
                dialect,
                collection,
                tally::clear,
                element -> tally.add(element.key(), element.value()));
        return tally;
    }

    /** Adds the first rules of chains, which nft cannot add, in as few transactions as may be. */
    void addFirstRules(Dialect dialect, List<Chain> chains) throws ErrnoException {
        byte[] subsystem = {0, 0, 0, (byte) (SUBSYSTEM >> 8)};
        List<NetlinkMessage> requests = new ArrayList<>();
        for (int i = 0; i < chains.size(); i++) {
            RawRule first = chains.get(i).first();
            if (first != null) {
                requests.add(RuleMessage.of(dialect, chains.get(i).name(), first));
            }
            if (requests.size() == BATCH_MAX || (i == chains.size() - 1 && !requests.isEmpty())) {
                socket.executeBetween(
                        new NetlinkMessage("begin a transaction", BATCH_BEGIN, 0).bytes(subsystem),
                        requests,
                        new NetlinkMessage("end a transaction", BATCH_END, 0).bytes(subsystem));
                requests.clear();
            }
        }
    }

    private void dump(NetlinkMessage request, Runnable restart, Consumer<Attributes> objects)
            throws ErrnoException {
        socket.dump(request, restart, reply -> objects.accept(attributes(reply)));
    }

    private static Attributes attributes(NetlinkReply reply) {
        return reply.attributes(HEADER_LENGTH);
    }

    /** A comment: type 0, its length, its bytes with a zero at the end. */
    private static String comment(Attributes object, int attribute) {
        ByteBuffer bytes = object.bytes(attribute);
        while (bytes != null && bytes.remaining() >= 2) {
            int type = bytes.get() & 0xff;
            int length = Math.min(bytes.get() & 0xff, bytes.remaining());
            byte[] value = new byte[length];
            bytes.get(value);
            if (type == 0 && length > 0) {
                return new String(value, 0, length - 1, UTF_8);
            }
        }
        return "";
    }

    @Override
    public void close() {
        socket.close();
    }
}
