package dev.penstock.l4.conntrack;

import dev.penstock.l4.L4Settings;
import dev.penstock.l4.node.Algorithm;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.NodePlanner;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.NodeTraffic;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.ServicePort;
import dev.penstock.model.service.ServiceType;
import dev.penstock.model.service.Services;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The Services of a test, which change one at a time, and the plans that follow. */
final class UdpServices {

    static final int NODE_PORT = 30_053;

    private final Map<ServiceName, Service> all = new TreeMap<>();
    private final NodePlanner planner =
            new NodePlanner(L4Settings.forCluster(), EnumSet.allOf(Algorithm.class));
    private final NodeFacts facts;

    UdpServices(String... nodeAddresses) {
        facts = new NodeFacts(List.of(), List.of(), false, false, List.of(nodeAddresses));
    }

    /** Sets the Service {@code dns}: port 53 and a node port. */
    UdpServices dns(Protocol protocol, String clusterIp, Endpoint... endpoints) {
        ServiceName name = new ServiceName("default", "dns");
        all.put(
                name,
                new Service(
                        name,
                        ServiceType.NODE_PORT,
                        List.of(clusterIp),
                        List.of(new ServicePort("dns", protocol, 53, "", NODE_PORT, "")),
                        null,
                        null,
                        NodeTraffic.DEFAULT,
                        Map.of("dns", List.of(endpoints)),
                        Map.of(),
                        null));
        return this;
    }

    /** What is so now. */
    FlowCheck.State state() {
        Services services = Services.of(all);
        return new FlowCheck.State(services, planner.plan(services, facts));
    }

    static Endpoint[] ready(String... addresses) {
        return Stream.of(addresses)
                .map(address -> Endpoint.ready(address, 5353))
                .toArray(Endpoint[]::new);
    }

    /** An endpoint that is terminating, and still serves or does not. */
    static Endpoint terminating(String address, boolean serving) {
        return new Endpoint(
                address, 5353, false, serving, true, null, null, Endpoint.Hints.NONE, null);
    }
}
