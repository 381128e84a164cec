package dev.penstock.e2e.harness;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** An Ethernet segment: hosts on one bridge, each a network namespace with one link. */
public final class Segment implements AutoCloseable {

    /** What the addresses of hosts begin with: a host's number is the rest. */
    public static final String IPV4_PREFIX = "192.0.2.";

    /** As {@link #IPV4_PREFIX}. */
    public static final String IPV6_PREFIX = "2001:db8::";

    private final NetworkNamespace bridge;
    private final List<NetworkNamespace> hosts = new ArrayList<>();

    private Segment(NetworkNamespace bridge) {
        this.bridge = bridge;
    }

    /** A segment without hosts. */
    public static Segment create() throws IOException {
        NetworkNamespace bridge = NetworkNamespace.create("wire");
        bridge.ip("link add br0 type bridge\nlink set br0 up\n");
        return new Segment(bridge);
    }

    /**
     * Adds a host, which ends with the segment. Its link is {@code eth0}.
     *
     * @param name for messages
     * @param number 1 to 9
     */
    public NetworkNamespace host(String name, int number) throws IOException {
        NetworkNamespace host = NetworkNamespace.create(name);
        hosts.add(host);
        bridge.ip(
                """
                link add w%1$d type veth peer name eth0 address %2$s netns %3$s
                link set w%1$d master br0
                link set w%1$d up
                """
                        .formatted(number, linkAddress(number), host.path()));
        host.ip(
                """
                link set lo up
                addr add %2$s%1$d/24 dev eth0
                addr add %3$s%1$d/64 dev eth0 nodad
                link set eth0 up
                """
                        .formatted(number, IPV4_PREFIX, IPV6_PREFIX));
        return host;
    }

    /** The address of a host's link. */
    public static String linkAddress(int number) {
        return "02:00:00:00:00:0" + number;
    }

    @Override
    public void close() {
        hosts.forEach(NetworkNamespace::close);
        bridge.close();
    }
}
