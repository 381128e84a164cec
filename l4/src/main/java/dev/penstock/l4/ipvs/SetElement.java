package dev.penstock.l4.ipvs;

import dev.penstock.model.address.IpFamily;

/**
 * An element of a set.
 *
 * @param text as {@code ipset save} writes it
 */
record SetElement(SetName set, IpFamily family, String text) {

    /** Says that a virtual server is ours. */
    static SetElement owned(ServerKey.Address key) {
        return new SetElement(SetName.OWNED, key.family(), key.element());
    }

    /** Says that an address is on our link. */
    static SetElement vip(String address) {
        return new SetElement(SetName.VIP, IpFamily.of(address), address);
    }

    /** What it is known by: without options such as a mark. */
    SetElement known() {
        int space = text.indexOf(' ');
        return space < 0 ? this : new SetElement(set, family, text.substring(0, space));
    }
}
