package dev.penstock.model.address;

/** The families of IP addresses. */
public enum IpFamily {
    IPV4(32),
    IPV6(128);

    private final int bits;

    IpFamily(int bits) {
        this.bits = bits;
    }

    /** How many bits an address has. */
    public int bits() {
        return bits;
    }

    /** The family of an address in its canonical text form. */
    public static IpFamily of(String address) {
        return address.indexOf(':') >= 0 ? IPV6 : IPV4;
    }
}
