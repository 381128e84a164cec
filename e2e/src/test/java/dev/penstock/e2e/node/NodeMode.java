package dev.penstock.e2e.node;

import java.util.List;

/** The modes, and what sets them apart for somebody outside. */
public enum NodeMode {
    NFTABLES(
            "nftables",
            List.of("nft"),
            List.of("random", "round-robin", "weighted", "maglev", "source-hash")),
    IPTABLES(
            "iptables",
            List.of("iptables-restore", "ip6tables-restore"),
            List.of("random", "round-robin", "weighted")),
    /** As {@link #IPTABLES}, by the older of the kernel's two sets of tables. */
    IPTABLES_LEGACY(
            "iptables",
            List.of("iptables-legacy-restore", "ip6tables-legacy-restore"),
            List.of("random", "round-robin", "weighted")),
    IPVS(
            "ipvs",
            List.of("iptables-restore", "ip6tables-restore", "ipset"),
            List.of("round-robin", "weighted", "maglev", "least-connections", "source-hash")),
    USERSPACE(
            "userspace",
            List.of(),
            List.of(
                    "random",
                    "round-robin",
                    "weighted",
                    "maglev",
                    "least-connections",
                    "source-hash"));

    private final String flag;
    private final List<String> programs;
    private final List<String> algorithms;

    NodeMode(String flag, List<String> programs, List<String> algorithms) {
        this.flag = flag;
        this.programs = programs;
        this.algorithms = algorithms;
    }

    /** Its name as {@code --mode} takes it. */
    public String flag() {
        return flag;
    }

    /** The values of {@code penstock.dev/l4-algorithm} that it has; the first is its default. */
    List<String> algorithms() {
        return algorithms;
    }

    /** The programs of the system that it runs. */
    List<String> programs() {
        return programs;
    }

    /**
     * Whether packets reach a backend as they are, so that it may see the client's own address; in
     * userspace it sees a connection of the program.
     */
    boolean forwardsPackets() {
        return this != USERSPACE;
    }

    /** Whether destinations take turns unless a Service wants otherwise; else they are random. */
    boolean takesTurns() {
        return this == IPVS || this == USERSPACE;
    }

    /** Whether a change of many Services takes effect in one moment. */
    boolean isAtomic() {
        return this == NFTABLES;
    }

    /** Whether its rules are those of iptables, of either back end. */
    boolean isIptables() {
        return this == IPTABLES || this == IPTABLES_LEGACY;
    }

    @Override
    public String toString() {
        return this == IPTABLES_LEGACY ? "iptables-legacy" : flag;
    }
}
