package dev.penstock.l4.conntrack;

import static java.util.Objects.requireNonNull;

/**
 * One end of a flow.
 *
 * @param address its address in canonical text form
 * @param port its port
 */
record Peer(String address, int port) {

    Peer {
        requireNonNull(address, "address");
    }
}
