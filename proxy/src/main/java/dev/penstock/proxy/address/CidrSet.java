package dev.penstock.proxy.address;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** A set of IP networks. IPv4 addresses mapped into IPv6 count as IPv4. */
public final class CidrSet {

    /** No address is in it. */
    public static final CidrSet NONE = new CidrSet(List.of());

    private final List<Network> networks;

    private CidrSet(List<Network> networks) {
        this.networks = List.copyOf(networks);
    }

    /**
     * Parses networks such as {@code 10.0.0.0/8} and {@code fd00::/8}; an address alone is a
     * network of its own.
     *
     * @throws IllegalArgumentException if one is malformed; the message names it
     */
    public static CidrSet parse(List<String> cidrs) {
        List<Network> networks = new ArrayList<>(cidrs.size());
        for (String cidr : cidrs) {
            networks.add(Network.parse(cidr));
        }
        return new CidrSet(networks);
    }

    public boolean isEmpty() {
        return networks.isEmpty();
    }

    /** Whether an address is in one of the networks. */
    public boolean contains(InetAddress address) {
        if (networks.isEmpty()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        for (Network network : networks) {
            if (network.contains(bytes)) {
                return true;
            }
        }
        return false;
    }

    private record Network(byte[] address, int bits) {

        static Network parse(String cidr) {
            int slash = cidr.indexOf('/');
            try {
                byte[] address =
                        InetAddress.ofLiteral(slash < 0 ? cidr : cidr.substring(0, slash))
                                .getAddress();
                int bits =
                        slash < 0
                                ? address.length * 8
                                : Integer.parseInt(cidr.substring(slash + 1));
                if (bits < 0 || bits > address.length * 8) {
                    throw new IllegalArgumentException("bits: " + bits);
                }
                return new Network(address, bits);
            } catch (IllegalArgumentException e) {
                throw malformed(cidr, e);
            }
        }

        private static IllegalArgumentException malformed(String cidr, Throwable cause) {
            return new IllegalArgumentException(
                    "network: " + cidr + " (expected: an address such as 10.0.0.0/8)", cause);
        }

        boolean contains(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            int whole = bits / 8;
            for (int i = 0; i < whole; i++) {
                if (address[i] != other[i]) {
                    return false;
                }
            }
            int rest = bits % 8;
            int mask = 0xff << (8 - rest);
            return rest == 0 || ((address[whole] ^ other[whole]) & mask & 0xff) == 0;
        }
    }
}
