package dev.penstock.proxy.address;

import dev.penstock.model.address.Cidr;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** A set of IP networks. IPv4 addresses mapped into IPv6 count as IPv4. */
public final class CidrSet {

    /** No address is in it. */
    public static final CidrSet NONE = new CidrSet(List.of());

    private final List<Cidr> networks;

    private CidrSet(List<Cidr> networks) {
        this.networks = List.copyOf(networks);
    }

    /**
     * Parses networks such as {@code 10.0.0.0/8} and {@code fd00::/8}; an address alone is a
     * network of its own.
     *
     * @throws IllegalArgumentException if one is malformed; the message names it
     */
    public static CidrSet parse(List<String> cidrs) {
        List<Cidr> networks = new ArrayList<>(cidrs.size());
        for (String cidr : cidrs) {
            networks.add(Cidr.parse(cidr));
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
        for (Cidr network : networks) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
