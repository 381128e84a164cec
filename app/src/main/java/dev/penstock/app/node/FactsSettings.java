package dev.penstock.app.node;

import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.sync.LocalAddresses;
import dev.penstock.model.address.Cidr;
import dev.penstock.model.address.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the settings say of all Services' rules.
 *
 * @param podCidrs the networks of pods; empty where unknown
 * @param nodePortCidrs the local addresses that node ports are served on; empty for all
 * @param isPrimaryOnly whether node ports are served on the node's primary addresses instead
 * @param masqueradeAll whether all traffic is masqueraded
 */
public record FactsSettings(
        List<Cidr> podCidrs,
        List<Cidr> nodePortCidrs,
        boolean isPrimaryOnly,
        boolean masqueradeAll) {

    public FactsSettings {
        podCidrs = List.copyOf(podCidrs);
        nodePortCidrs = List.copyOf(nodePortCidrs);
    }

    /** What is so on this node now. */
    NodeFacts read(boolean localhostNodePorts) {
        List<String> addresses = LocalAddresses.read();
        List<Cidr> nodePorts = new ArrayList<>(nodePortCidrs);
        if (isPrimaryOnly) {
            Stream.of(IpFamily.values())
                    .map(LocalAddresses::primary)
                    .filter(address -> address != null)
                    .map(Cidr::parse)
                    .forEach(nodePorts::add);
        }
        return new NodeFacts(podCidrs, nodePorts, masqueradeAll, localhostNodePorts, addresses);
    }
}
