package dev.penstock.l4.nftables;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.penstock.l4.netlink.NetlinkMessage;
import java.nio.ByteBuffer;

/**
 * A request that puts a rule before all others of its chain (include/uapi/linux/netfilter/
 * nf_tables.h). Every value takes one register of 32 bits, an address of IPv6 four; the first one
 * is number 0.
 */
final class RuleMessage {

    /** {@code NFT_REG32_00}. */
    private static final int FIRST_REGISTER = 8;

    private static final int RULE_TABLE = 1;
    private static final int RULE_CHAIN = 2;
    private static final int RULE_EXPRESSIONS = 4;
    private static final int RULE_USERDATA = 7;
    private static final int LIST_ELEMENT = 1;
    private static final int EXPRESSION_NAME = 1;
    private static final int EXPRESSION_DATA = 2;

    private static final int NETWORK_HEADER = 1;
    private static final int TRANSPORT_HEADER = 2;
    private static final int PORT_LENGTH = 2;
    private static final int META_PRIORITY = 2;
    private static final int META_L4PROTO = 16;
    private static final int NUMGEN_INCREMENTAL = 0;
    private static final int NUMGEN_RANDOM = 1;
    private static final int HASH_JENKINS = 0;
    private static final int DYNSET_UPDATE = 1;
    private static final int NAT_DESTINATION = 1;

    private final Dialect dialect;
    private final NetlinkMessage message;

    private RuleMessage(Dialect dialect, NetlinkMessage message) {
        this.dialect = dialect;
        this.message = message;
    }

    /** The request for the first rule of a chain that has such a one. */
    static NetlinkMessage of(Dialect dialect, String chain, RawRule rule) {
        NetlinkMessage message =
                KernelTables.request(
                                "add the rule of chain " + chain,
                                KernelTables.NEW_RULE,
                                dialect,
                                NetlinkMessage.CREATE)
                        .putString(RULE_TABLE, Dialect.TABLE)
                        .putString(RULE_CHAIN, chain);
        NetlinkMessage.Nest expressions = message.nest(RULE_EXPRESSIONS);
        rule.write(new RuleMessage(dialect, message));
        expressions.end();
        return message.put(RULE_USERDATA, comment(Chain.mark(rule.text())));
    }

    /** Type 0, its length with the zero at the end, and the text. */
    private static byte[] comment(String text) {
        return ByteBuffer.allocate(text.length() + 3)
                .put((byte) 0)
                .put((byte) (text.length() + 1))
                .put(text.getBytes(US_ASCII))
                .array();
    }

    /** Loads a field of the packet; returns the register behind it. */
    int load(int register, Field field) {
        boolean isV4 = dialect == Dialect.IP;
        switch (field) {
            case CLIENT -> payload(register, NETWORK_HEADER, isV4 ? 12 : 8, addressLength());
            case DESTINATION -> payload(register, NETWORK_HEADER, isV4 ? 16 : 24, addressLength());
            case PORT -> payload(register, TRANSPORT_HEADER, PORT_LENGTH, PORT_LENGTH);
            case PROTOCOL -> expression("meta", FIRST_REGISTER + register, META_L4PROTO);
            case AFFINITY -> expression("meta", FIRST_REGISTER + register, META_PRIORITY);
            case SLOT -> throw new IllegalArgumentException("slots are drawn, not loaded");
        }
        return register + (field == Field.CLIENT || field == Field.DESTINATION ? words() : 1);
    }

    /** Loads the port that the packet comes from. */
    int loadSourcePort(int register) {
        payload(register, TRANSPORT_HEADER, 0, PORT_LENGTH);
        return register + 1;
    }

    /** Draws a number below a bound. */
    void drawRandom(int register, int bound) {
        expression("numgen", FIRST_REGISTER + register, bound, NUMGEN_RANDOM, 0);
    }

    /** Counts up to a bound, over and over. */
    void count(int register, int bound) {
        expression("numgen", FIRST_REGISTER + register, bound, NUMGEN_INCREMENTAL, 0);
    }

    /** Hashes registers to a number below a bound. */
    void hash(int from, int to, int register, int bound, int seed) {
        expression(
                "hash",
                FIRST_REGISTER + from,
                FIRST_REGISTER + register,
                Integer.BYTES * (to - from),
                bound,
                seed,
                0,
                HASH_JENKINS);
    }

    /** Looks up a map; a packet that has no element leaves the rule. */
    void lookUp(Collection map, int key, int value) {
        named(
                "lookup",
                map,
                () ->
                        message.putNetworkU32(2, FIRST_REGISTER + key)
                                .putNetworkU32(3, FIRST_REGISTER + value));
    }

    /** Sends the connection to an address and a port. */
    void dnat(int register) {
        begin(
                "nat",
                () -> {
                    message.putNetworkU32(1, NAT_DESTINATION)
                            .putNetworkU32(2, dialect.protocolFamily())
                            .putNetworkU32(3, FIRST_REGISTER + register)
                            .putNetworkU32(5, FIRST_REGISTER + register + words());
                });
    }

    /** Adds an element to a map, or makes the one that it has last longer. */
    void update(Collection map, int key, int value, long seconds) {
        byte[] millis = ByteBuffer.allocate(Long.BYTES).putLong(1000 * seconds).array();
        named(
                "dynset",
                map,
                () ->
                        message.putNetworkU32(3, DYNSET_UPDATE)
                                .putNetworkU32(4, FIRST_REGISTER + key)
                                .putNetworkU32(5, FIRST_REGISTER + value)
                                .put(6, millis));
    }

    private int words() {
        return addressLength() / Integer.BYTES;
    }

    private int addressLength() {
        return dialect.family().bits() / Byte.SIZE;
    }

    private void payload(int register, int base, int offset, int length) {
        expression("payload", FIRST_REGISTER + register, base, offset, length);
    }

    /** Adds an expression with numbers as its attributes 1, 2, 3 and so on. */
    private void expression(String name, int... numbers) {
        begin(
                name,
                () -> {
                    for (int i = 0; i < numbers.length; i++) {
                        message.putNetworkU32(i + 1, numbers[i]);
                    }
                });
    }

    /** Adds an expression about a set or map. */
    private void named(String name, Collection set, Runnable attributes) {
        begin(
                name,
                () -> {
                    message.putString(1, set.title());
                    attributes.run();
                });
    }

    private void begin(String name, Runnable attributes) {
        NetlinkMessage.Nest element = message.nest(LIST_ELEMENT);
        message.putString(EXPRESSION_NAME, name);
        NetlinkMessage.Nest data = message.nest(EXPRESSION_DATA);
        attributes.run();
        data.end();
        element.end();
    }
}
