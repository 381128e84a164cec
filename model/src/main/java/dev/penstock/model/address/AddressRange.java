package dev.penstock.model.address;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Addresses in a row.
 *
 * @param family the family of all of them
 * @param first the first one, as a number
 * @param last the last one, not before the first
 */
record AddressRange(IpFamily family, BigInteger first, BigInteger last) {

    AddressRange {
        if (first.compareTo(last) > 0) {
            throw new IllegalArgumentException(
                    text(family, first) + " is behind " + text(family, last));
        }
    }

    /** The addresses of a network that hosts may have. */
    static AddressRange of(Cidr network) {
        IpFamily family = network.family();
        int free = family.bits() - network.prefixLength();
        BigInteger first = number(network.network());
        BigInteger last = first.add(BigInteger.ONE.shiftLeft(free)).subtract(BigInteger.ONE);
        // RFC 3021: in IPv4 two addresses need no broadcast address. RFC 4291, section 2.6.1: the
        // first of an IPv6 network is its routers' anycast address; RFC 6164: not of a /127.
        if (free > 1) {
            first = first.add(BigInteger.ONE);
            last = family == IpFamily.IPV4 ? last.subtract(BigInteger.ONE) : last;
        }
        return new AddressRange(family, first, last);
    }

    static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }

    static String text(IpFamily family, BigInteger number) {
        byte[] bytes = new byte[family.bits() / 8];
        byte[] significant = number.toByteArray();
        int length = Math.min(bytes.length, significant.length);
        System.arraycopy(
                significant, significant.length - length, bytes, bytes.length - length, length);
        try {
            return AddressText.of(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address keeps its length", e);
        }
    }

    BigInteger size() {
        return last.subtract(first).add(BigInteger.ONE);
    }

    boolean contains(BigInteger number) {
        return first.compareTo(number) <= 0 && number.compareTo(last) <= 0;
    }

    boolean overlaps(AddressRange other) {
        return family == other.family
                && first.compareTo(other.last) <= 0
                && other.first.compareTo(last) <= 0;
    }

    @Override
    public String toString() {
        return text(family, first) + "-" + text(family, last);
    }
}
