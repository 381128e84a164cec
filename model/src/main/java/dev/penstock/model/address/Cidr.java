package dev.penstock.model.address;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An IP network.
 *
 * @param network its first address: the bits behind the prefix are 0
 * @param prefixLength how many leading bits its addresses share
 */
public record Cidr(InetAddress network, int prefixLength) {

    public Cidr {
        requireNonNull(network, "network");
        int bits = network.getAddress().length * 8;
        if (prefixLength < 0 || prefixLength > bits) {
            throw new IllegalArgumentException(
                    "prefixLength: " + prefixLength + " (expected: 0-" + bits + ")");
        }
        network = masked(network, prefixLength);
    }

    /**
     * Reads a network such as {@code 10.0.0.0/8}; an address alone is a network of its own. Never
     * asks DNS. Space around it is ignored, as kube-proxy does.
     *
     * @throws IllegalArgumentException if it is malformed; the message names it
     */
    public static Cidr parse(String text) {
        String trimmed = text.strip();
        int slash = trimmed.indexOf('/');
        try {
            InetAddress address =
                    InetAddress.ofLiteral(slash < 0 ? trimmed : trimmed.substring(0, slash));
            int length =
                    slash < 0
                            ? address.getAddress().length * 8
                            : Integer.parseInt(trimmed.substring(slash + 1));
            return new Cidr(address, length);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "network: " + text + " (expected: an address such as 10.0.0.0/8)", e);
        }
    }

    private static InetAddress masked(InetAddress address, int prefixLength) {
        byte[] bytes = address.getAddress();
        for (int i = 0; i < bytes.length; i++) {
            int kept = Math.clamp(prefixLength - 8L * i, 0, 8);
            bytes[i] &= (byte) (0xff << (8 - kept));
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address keeps its length", e);
        }
    }

    public IpFamily family() {
        return network.getAddress().length == 4 ? IpFamily.IPV4 : IpFamily.IPV6;
    }

    /** Whether an address is in the network; one of the other family never is. */
    public boolean contains(InetAddress address) {
        return contains(network.getAddress(), prefixLength, address.getAddress());
    }

    private static boolean contains(byte[] network, int prefixLength, byte[] address) {
        if (address.length != network.length) {
            return false;
        }
        int whole = prefixLength / 8;
        for (int i = 0; i < whole; i++) {
            if (network[i] != address[i]) {
                return false;
            }
        }
        int rest = prefixLength % 8;
        int mask = 0xff << (8 - rest);
        return rest == 0 || ((network[whole] ^ address[whole]) & mask & 0xff) == 0;
    }

    /** As nft, iptables and ipset take it. */
    @Override
    public String toString() {
        return network.getHostAddress() + "/" + prefixLength;
    }
}
