package dev.penstock.l4.nftables;

import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Protocol;
import java.util.Locale;

/** The words of nft that differ between the address families. */
enum Dialect {
    IP(IpFamily.IPV4, "ip", 2, "127.0.0.0/8"),
    IP6(IpFamily.IPV6, "ip6", 10, "::1");

    /** The name of our tables. */
    static final String TABLE = "penstock";

    private final IpFamily family;
    private final String word;
    private final int protocolFamily;
    private final String loopback;

    Dialect(IpFamily family, String word, int protocolFamily, String loopback) {
        this.family = family;
        this.word = word;
        this.protocolFamily = protocolFamily;
        this.loopback = loopback;
    }

    static Dialect of(IpFamily family) {
        return family == IpFamily.IPV4 ? IP : IP6;
    }

    IpFamily family() {
        return family;
    }

    /** The family in the language of nft. */
    String word() {
        return word;
    }

    /** The table as statements name it. */
    String table() {
        return word + " " + TABLE;
    }

    /** {@code NFPROTO_IPV4} or {@code NFPROTO_IPV6}. */
    int protocolFamily() {
        return protocolFamily;
    }

    /** The network of loopback addresses. */
    String loopback() {
        return loopback;
    }

    /** Which of a packet's addresses: the expression for its source. */
    String source() {
        return word + " saddr";
    }

    String destination() {
        return word + " daddr";
    }

    static String protocol(Protocol protocol) {
        return protocol.name().toLowerCase(Locale.ROOT);
    }
}
