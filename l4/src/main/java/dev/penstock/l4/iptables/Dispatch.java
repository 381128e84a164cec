package dev.penstock.l4.iptables;

import dev.penstock.model.address.IpFamily;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a packet comes to the rule for its address or node port in a few steps, and how one more rule
 * comes to be without writing all others again: the rules are in leaves, by the last eight bits of
 * the address (which differ most, however addresses were given out) or by the node port's group of
 * {@value #PORTS_PER_LEAF}, and chains above them lead there.
 *
 * @param leaf the chain that has the rule
 * @param rule the rule, without its chain
 */
record Dispatch(Chain leaf, String rule) {

    private static final int PORTS_PER_LEAF = 64;
    private static final int BITS_PER_LEVEL = 4;
    private static final int DIGITS = 1 << BITS_PER_LEVEL;
    private static final int HEXADECIMAL = 16;

    /** A rule for an address. */
    static Dispatch toAddress(String table, String address, String rule) {
        byte[] bytes = InetAddress.ofLiteral(address).getAddress();
        int last = bytes[bytes.length - 1] & 0xff;
        String name = String.format(Locale.ROOT, "%s-%02X", ChainNames.SERVICES, last);
        return new Dispatch(new Chain(table, name), rule);
    }

    /** A rule for a node port. */
    static Dispatch toNodePort(String table, String protocol, int port, String rule) {
        int first = port / PORTS_PER_LEAF * PORTS_PER_LEAF;
        String name = "PENSTOCK-NP-" + protocol.toUpperCase(Locale.ROOT) + "-" + first;
        return new Dispatch(new Chain(table, name), rule);
    }

    /**
     * What must lead to a chain of the tree while that has rules; null for the roots, which the
     * built-in chains lead to.
     */
    static @Nullable Dispatch linkTo(Chain chain, IpFamily family) {
        String name = chain.name();
        if (name.startsWith("PENSTOCK-NP-")) {
            List<String> parts = List.of(name.split("-", -1));
            int first = Integer.parseInt(parts.getLast());
            String protocol = parts.get(2).toLowerCase(Locale.ROOT);
            String rule =
                    "-p %s -m %s --dport %d:%d -j %s"
                            .formatted(protocol, protocol, first, first + PORTS_PER_LEAF - 1, name);
            return new Dispatch(new Chain(chain.table(), ChainNames.NODE_PORTS), rule);
        }
        int level = name.length() - ChainNames.SERVICES.length() - 1;
        if (!name.startsWith(ChainNames.SERVICES) || level < 1) {
            return null;
        }
        int digit = Character.digit(name.charAt(name.length() - 1), HEXADECIMAL);
        int shift = level == 1 ? BITS_PER_LEVEL : 0;
        String rule =
                "-d %s -j %s".formatted(bits(family, digit << shift, (DIGITS - 1) << shift), name);
        String parent = level == 1 ? ChainNames.SERVICES : name.substring(0, name.length() - 1);
        return new Dispatch(new Chain(chain.table(), parent), rule);
    }

    /** Addresses with these bits among those of the mask in their last byte. */
    private static String bits(IpFamily family, int value, int mask) {
        return family == IpFamily.IPV4
                ? "0.0.0." + value + "/0.0.0." + mask
                : "::"
                        + (value == 0 ? "" : Integer.toHexString(value))
                        + "/::"
                        + Integer.toHexString(mask);
    }
}
