package dev.penstock.l4.nftables;

import dev.penstock.l4.node.VirtualServiceId;
import java.util.HashMap;
import java.util.Map;

/**
 * Numbers for the lists of destinations that clients stick to: a virtual service has one for its
 * destinations anywhere and one for those on this node. A number is a hash of the name, so that it
 * is the same after a restart, or the next free one.
 */
final class AffinityIds {

    /**
     * Whose number it is.
     *
     * @param service the virtual service
     * @param local whether it is that of the destinations on this node
     */
    record Owner(VirtualServiceId service, boolean local) {}

    private final Map<Owner, Integer> numbers = new HashMap<>();
    private final Map<Integer, Owner> owners = new HashMap<>();

    /** The number of a list, written as a packet's priority. */
    String of(VirtualServiceId service, boolean local) {
        return text(numbers.computeIfAbsent(new Owner(service, local), this::free));
    }

    private int free(Owner owner) {
        VirtualServiceId service = owner.service;
        // Not the records' own hash: that of an enum differs from run to run.
        String name =
                service + " " + service.protocol() + " " + service.family() + " " + owner.local;
        int number = name.hashCode() * 0x9E3779B9;
        number ^= number >>> 15;
        do {
            // Both halves of a priority are positive: 0 stands for none in some places.
            number = ((number + 0x2_0002) & 0x7fff_ffff) | 0x0001_0001;
        } while (owners.containsKey(number));
        owners.put(number, owner);
        return number;
    }

    /** Frees the numbers of a virtual service that has no affinity any more. */
    void release(VirtualServiceId service) {
        for (boolean local : new boolean[] {false, true}) {
            Integer number = numbers.remove(new Owner(service, local));
            if (number != null) {
                owners.remove(number);
            }
        }
    }

    void clear() {
        numbers.clear();
        owners.clear();
    }

    /** As nft writes a packet's priority: two halves in hexadecimal. */
    static String text(int number) {
        return Integer.toHexString(number >>> 16) + ":" + Integer.toHexString(number & 0xffff);
    }
}
