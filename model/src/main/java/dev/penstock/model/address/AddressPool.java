package dev.penstock.model.address;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Addresses that may be given away: an immutable value, in one or both families. */
public final class AddressPool {

    private static final String EXPECTED =
            " (expected: networks such as 192.0.2.0/24 or ranges such as 192.0.2.10-192.0.2.20,"
                    + " separated by commas)";

    private final List<AddressRange> ranges;

    private AddressPool(List<AddressRange> ranges) {
        this.ranges = List.copyOf(ranges);
    }

    /**
     * Reads networks and ranges that are separated by commas. The network and broadcast addresses
     * of an IPv4 network shorter than /31 and the first address of an IPv6 network shorter than
     * /127 are no part of the pool.
     *
     * @throws IllegalArgumentException if the text is malformed, two parts overlap, or an address
     *     is none that a host may have; the message names it
     */
    public static AddressPool parse(String text) {
        List<AddressRange> ranges = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            AddressRange range = range(part.strip());
            for (AddressRange before : ranges) {
                if (before.overlaps(range)) {
                    throw new IllegalArgumentException(
                            "pool: " + range + " overlaps " + before + EXPECTED);
                }
            }
            ranges.add(range);
        }
        return new AddressPool(ranges);
    }

    private static AddressRange range(String text) {
        int dash = text.indexOf('-');
        if (dash < 0) {
            int slash = text.indexOf('/');
            // Not the short forms of IPv4: 192.0.2 would be 192.0.0.2.
            if (AddressText.parse(slash < 0 ? text : text.substring(0, slash)) == null) {
                throw new IllegalArgumentException("pool: " + text + EXPECTED);
            }
            Cidr network = Cidr.parse(text);
            check(network.network(), text);
            return AddressRange.of(network);
        }
        InetAddress first = address(text.substring(0, dash).strip(), text);
        InetAddress last = address(text.substring(dash + 1).strip(), text);
        if (first.getAddress().length != last.getAddress().length) {
            throw new IllegalArgumentException("pool: " + text + " has two families" + EXPECTED);
        }
        try {
            return new AddressRange(
                    IpFamily.of(AddressText.of(first)),
                    AddressRange.number(first),
                    AddressRange.number(last));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "pool: " + text + ": " + e.getMessage() + EXPECTED, e);
        }
    }

    private static InetAddress address(String text, String range) {
        InetAddress address = AddressText.parse(text);
        if (address == null) {
            throw new IllegalArgumentException("pool: " + range + EXPECTED);
        }
        check(address, range);
        return address;
    }

    private static void check(InetAddress address, String text) {
        if (address.isMulticastAddress()
                || address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()) {
            throw new IllegalArgumentException(
                    "pool: " + text + " (expected: addresses that other hosts can reach)");
        }
    }

    /** Whether an address, in canonical text form, is in the pool. What is no address is not. */
    public boolean contains(String address) {
        InetAddress parsed = AddressText.parse(address);
        if (parsed == null) {
            return false;
        }
        IpFamily family = parsed.getAddress().length == 4 ? IpFamily.IPV4 : IpFamily.IPV6;
        BigInteger number = AddressRange.number(parsed);
        for (AddressRange range : ranges) {
            if (range.family() == family && range.contains(number)) {
                return true;
            }
        }
        return false;
    }

    /** How many addresses of a family there are. */
    public BigInteger size(IpFamily family) {
        BigInteger size = BigInteger.ZERO;
        for (AddressRange range : ranges) {
            size = range.family() == family ? size.add(range.size()) : size;
        }
        return size;
    }

    public boolean has(IpFamily family) {
        return ranges.stream().anyMatch(range -> range.family() == family);
    }

    /**
     * The address of a place in the pool, in canonical text form.
     *
     * @param index counts the family's addresses from 0, in the order of the pool's text
     */
    public String address(IpFamily family, BigInteger index) {
        BigInteger rest = index;
        for (AddressRange range : ranges) {
            if (range.family() == family) {
                if (rest.compareTo(range.size()) < 0) {
                    return AddressRange.text(family, range.first().add(rest));
                }
                rest = rest.subtract(range.size());
            }
        }
        throw new IllegalArgumentException(
                "index: " + index + " (expected: less than " + size(family) + ")");
    }

    /** All ranges, as the log shows them. */
    @Override
    public String toString() {
        return ranges.stream().map(AddressRange::toString).collect(Collectors.joining(","));
    }
}
