package dev.penstock.e2e.node.lab;

import java.net.InetAddress;

/**
 * Who answered, and whom it saw.
 *
 * @param server the name of the host that answered
 * @param serverPort the port it was reached on
 * @param client the address it saw
 * @param clientPort the port it saw
 */
public record Peer(String server, int serverPort, String client, int clientPort) {

    /** Reads what a {@link PodServers} writes. */
    static Peer parse(String line) {
        String[] parts = line.split(" ", -1);
        return new Peer(parts[0], Integer.parseInt(parts[1]), parts[2], Integer.parseInt(parts[3]));
    }

    /** Whether the server saw this host's own address. */
    public boolean sees(Host host) {
        return isAddressOf(host.ipv4()) || isAddressOf(host.ipv6());
    }

    private boolean isAddressOf(String address) {
        return InetAddress.ofLiteral(address).equals(InetAddress.ofLiteral(client));
    }
}
