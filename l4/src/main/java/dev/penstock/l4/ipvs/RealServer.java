package dev.penstock.l4.ipvs;

/**
 * What the kernel knows a destination of a virtual server by.
 *
 * @param address in canonical text form
 */
record RealServer(String address, int port) {

    @Override
    public String toString() {
        return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + port;
    }
}
