package dev.penstock.l4.ipvs;

import dev.penstock.model.address.IpFamily;

/** The sets that the rules look into; each exists once per address family. */
enum SetName {
    /** Every virtual server of ours, from before it is made until after it is deleted. */
    OWNED("owned", "hash:ip,port"),
    /** What has a virtual server that somebody needs: all else on {@link #VIP} is refused. */
    SERVICE("service", "hash:ip,port"),
    /** Addresses on our link. */
    VIP("vip", "hash:ip"),
    /** Cluster addresses and their ports. */
    CLUSTER("cluster", "hash:ip,port"),
    /** Addresses and ports whose traffic is masqueraded, whoever sends it. */
    MASQUERADE("masquerade", "hash:ip,port"),
    /** Who may use those of {@link #RANGES}. */
    ALLOWED("allowed", "hash:ip,port,net"),
    /** Load balancer addresses that not everybody may use. */
    RANGES("ranges", "hash:ip,port"),
    /** Pods of this node, which may reach themselves. */
    HAIRPIN("hairpin", "hash:ip,port,ip"),
    /** External ones of policy Local, and the mark of the virtual server with all destinations. */
    SHORT_CIRCUIT("short", "hash:ip,port skbinfo"),
    /** The pods' networks. */
    PODS("pods", "hash:net"),
    /** Nobody serves: refused. */
    REJECT("reject", "hash:ip,port"),
    /** Policy Local and nobody here serves: dropped. */
    DROP("drop", "hash:ip,port"),
    /** The same, but not for the short circuit. */
    DROP_EXTERNAL("drop-external", "hash:ip,port");

    static final String PREFIX = "penstock-";

    private static final int ELEMENTS_MAX = 1 << 20;

    private final String suffix;
    private final String type;

    SetName(String suffix, String type) {
        this.suffix = suffix;
        this.type = type;
    }

    /** Whether traffic to its elements is refused or dropped. */
    boolean refuses() {
        return compareTo(REJECT) >= 0;
    }

    /** Whether its elements are those of the kernel's virtual servers or addresses. */
    boolean followsKernel() {
        return this == OWNED || this == VIP;
    }

    /** The set's name. */
    String of(IpFamily family) {
        return PREFIX + suffix + (family == IpFamily.IPV4 ? "" : "-6");
    }

    /** The line that makes it. */
    String create(IpFamily family) {
        int space = type.indexOf(' ');
        String base = space < 0 ? type : type.substring(0, space);
        String extension = space < 0 ? "" : type.substring(space);
        return "create "
                + of(family)
                + " "
                + base
                + " family "
                + (family == IpFamily.IPV4 ? "inet" : "inet6")
                + " maxelem "
                + ELEMENTS_MAX
                + extension;
    }
}
