package dev.penstock.l4.ipvs;

import dev.penstock.model.address.AddressText;

/**
 * What the kernel knows a destination of a virtual server by.
 *
 * @param address in canonical text form
 */
record RealServer(String address, int port) {

    @Override
    public String toString() {
        return AddressText.authority(address, port);
    }
}
