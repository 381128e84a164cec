package dev.penstock.l4.node;

import dev.penstock.model.address.Cidr;
import dev.penstock.model.address.IpFamily;
import java.util.List;

/**
 * What the rules of all Services depend on.
 *
 * @param podCidrs the networks of the cluster's pods ({@code --cluster-cidr}): traffic from
 *     elsewhere to a cluster address is masqueraded. Empty: none is, and no source counts as a pod
 * @param nodePortCidrs the local addresses that node ports are served on; empty for all but
 *     loopback ones
 * @param masqueradeAll whether all traffic to Services is masqueraded
 * @param localhostNodePorts whether node ports are served on 127.0.0.1 too, where the mode can
 * @param addresses this node's addresses other than loopback and link-local ones and those that a
 *     mode put there, in canonical text form, sorted
 */
public record NodeFacts(
        List<Cidr> podCidrs,
        List<Cidr> nodePortCidrs,
        boolean masqueradeAll,
        boolean localhostNodePorts,
        List<String> addresses) {

    /** Nothing is known and nothing is asked for. */
    public static final NodeFacts NONE =
            new NodeFacts(List.of(), List.of(), false, false, List.of());

    public NodeFacts {
        podCidrs = List.copyOf(podCidrs);
        nodePortCidrs = List.copyOf(nodePortCidrs);
        addresses = List.copyOf(addresses);
    }

    /** The pod networks of a family. */
    public List<Cidr> podCidrs(IpFamily family) {
        return podCidrs.stream().filter(cidr -> cidr.family() == family).toList();
    }

    /**
     * The node port networks of a family; if there are only ones of the other, node ports have
     * none.
     */
    public List<Cidr> nodePortCidrs(IpFamily family) {
        return nodePortCidrs.stream().filter(cidr -> cidr.family() == family).toList();
    }

    /** Whether node ports are served in a family at all. */
    public boolean hasNodePorts(IpFamily family) {
        return nodePortCidrs.isEmpty() || !nodePortCidrs(family).isEmpty();
    }
}
