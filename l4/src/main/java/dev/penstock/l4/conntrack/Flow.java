package dev.penstock.l4.conntrack;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.address.IpFamily;

/**
 * A UDP flow that the kernel remembers.
 *
 * @param family its address family
 * @param client who sent the first packet
 * @param destination where that packet was sent to
 * @param server who answers: the destination, unless that was translated
 * @param id the kernel's number for the entry; 0 where unknown
 */
record Flow(IpFamily family, Peer client, Peer destination, Peer server, int id) {

    Flow {
        requireNonNull(family, "family");
        requireNonNull(client, "client");
        requireNonNull(destination, "destination");
        requireNonNull(server, "server");
    }
}
