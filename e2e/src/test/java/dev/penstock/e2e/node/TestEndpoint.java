package dev.penstock.e2e.node;

import dev.penstock.e2e.node.lab.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An endpoint of a {@link TestService}.
 *
 * @param ipv4 its address; empty for none of the family
 * @param ipv6 its address; empty for none of the family
 * @param node the node it is on
 * @param conditions in YAML's flow style
 * @param zone its zone; empty for none
 * @param hints its topology hints in YAML's flow style; empty for none
 * @param targetPort its port in place of the Service's target port; 0 for that
 */
record TestEndpoint(
        String ipv4,
        String ipv6,
        String node,
        String conditions,
        String zone,
        String hints,
        int targetPort) {

    /** A ready endpoint: a backend of the lab, whose name says its node. */
    static TestEndpoint of(Host backend) {
        return at(backend.ipv4(), backend.ipv6(), backend.name().equals("b3") ? "node2" : "node1");
    }

    /** A ready endpoint at any address. */
    static TestEndpoint at(String ipv4, String ipv6, String node) {
        return new TestEndpoint(ipv4, ipv6, node, "{ready: true}", "", "", 0);
    }

    TestEndpoint notReady() {
        return conditions("{ready: false, serving: false, terminating: false}");
    }

    /** Its pod is ending, and still answers. */
    TestEndpoint terminating() {
        return conditions("{ready: false, serving: true, terminating: true}");
    }

    /** Its pod is ending, and answers no more. */
    TestEndpoint gone() {
        return conditions("{ready: false, serving: false, terminating: true}");
    }

    private TestEndpoint conditions(String newConditions) {
        return new TestEndpoint(ipv4, ipv6, node, newConditions, zone, hints, targetPort);
    }

    /** In a zone, and meant for that zone's nodes. */
    TestEndpoint forZone(String newZone) {
        String hint = "forZones: [{name: " + newZone + "}]";
        return new TestEndpoint(ipv4, ipv6, node, conditions, newZone, hint, targetPort);
    }

    /** Meant for its zone's nodes, and for its own node first. */
    TestEndpoint forZoneAndNode(String newZone) {
        String hint = "forZones: [{name: %s}], forNodes: [{name: %s}]".formatted(newZone, node);
        return new TestEndpoint(ipv4, ipv6, node, conditions, newZone, hint, targetPort);
    }

    /** On another port than the Service says, as a named target port allows. */
    TestEndpoint port(int newTargetPort) {
        return new TestEndpoint(ipv4, ipv6, node, conditions, zone, hints, newTargetPort);
    }

    /** Without an address of IPv6. */
    TestEndpoint onlyIpv4() {
        return new TestEndpoint(ipv4, "", node, conditions, zone, hints, targetPort);
    }

    /** Its slices, one a family. */
    String slices(String service, int number, List<TestService.Port> ports) {
        List<String> slices = new ArrayList<>();
        if (!ipv4.isEmpty()) {
            slices.add(slice(service, number + "-4", "IPv4", ipv4, ports));
        }
        if (!ipv6.isEmpty()) {
            slices.add(slice(service, number + "-6", "IPv6", ipv6, ports));
        }
        return String.join("", slices);
    }

    private String slice(
            String service,
            String suffix,
            String family,
            String address,
            List<TestService.Port> ports) {
        String portList =
                ports.stream()
                        .map(port ->
                                "{name: '%s', protocol: %s, port: %d}"
                                        .formatted(
                                                port.name(),
                                                port.protocol(),
                                                targetPort == 0 ? port.target() : targetPort))
                        .collect(Collectors.joining(", ", "[", "]"));
        return """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: %1$s-%2$s, labels: {kubernetes.io/service-name: %1$s}}
        addressType: %3$s
        ports: %4$s
        endpoints: [{addresses: ['%5$s'], nodeName: %6$s, conditions: %7$s%8$s%9$s}]
        ---
        """
                .formatted(
                        service,
                        suffix,
                        family,
                        portList,
                        address,
                        node,
                        conditions,
                        zone.isEmpty() ? "" : ", zone: " + zone,
                        hints.isEmpty() ? "" : ", hints: {" + hints + "}");
    }
}
