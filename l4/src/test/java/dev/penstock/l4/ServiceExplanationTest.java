package dev.penstock.l4;

import static dev.penstock.l4.TestServices.WEB;
import static dev.penstock.l4.TestServices.externalName;
import static dev.penstock.l4.TestServices.ready;
import static dev.penstock.l4.TestServices.ref;
import static dev.penstock.l4.TestServices.services;
import static dev.penstock.l4.TestServices.web;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.LoadBalancing;
import dev.penstock.model.service.ServicePortRef;
import dev.penstock.model.service.ServiceType;
import dev.penstock.model.service.SessionAffinity;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceExplanationTest {

    private final ServiceTable table =
            new ServiceTable(new L4Settings(true, false, "node1", "zoneA", List.of(), 1_000));

    @Test
    void eachEndpointHasItsReason() {
        SessionAffinity affinity = new SessionAffinity(Duration.ofMinutes(1));
        table.update(
                services(
                        web(
                                affinity,
                                ready("10.0.0.1"),
                                endpoint("10.0.0.2", false, false, false),
                                endpoint("10.0.0.3", false, true, true),
                                endpoint("10.0.0.4", false, false, true),
                                ready("127.0.0.1"),
                                ready("nonsense"))));

        ServiceExplanation explanation = table.explain(WEB, LoadBalancing.RANDOM);

        assertThat(explanation.availability()).isEqualTo(Availability.AVAILABLE);
        assertThat(explanation.reason()).isEqualTo("all ready endpoints");
        assertThat(explanation.type()).isEqualTo(ServiceType.CLUSTER_IP);
        assertThat(explanation.algorithm()).isEqualTo(LoadBalancing.RANDOM);
        assertThat(explanation.affinity()).isEqualTo(affinity);
        assertThat(explanation.clusterIps()).containsExactly("10.96.0.1");
        assertThat(lines(explanation))
                .containsExactly(
                        "10.0.0.1:8080 used: ready",
                        "10.0.0.2:8080 out: not ready",
                        "10.0.0.3:8080 out: terminating, and another endpoint is ready",
                        "10.0.0.4:8080 out: terminating and not serving",
                        "127.0.0.1:8080 out: forbidden: a loopback address",
                        "nonsense:8080 out: not an IP address");
    }

    @Test
    void terminatingEndpointsAreNamedAsTheLastResort() {
        table.update(services(web(endpoint("10.0.0.3", false, true, true))));

        assertThat(table.explain(WEB).reason())
                .isEqualTo(
                        "no endpoint is ready, so those that terminate and still serve are used");
        assertThat(lines(table.explain(WEB)))
                .containsExactly(
                        "10.0.0.3:8080 used: terminating but serving, and no endpoint is ready");
    }

    @Test
    void topologyIsExplained() {
        table.update(
                services(
                        web(
                                hinted("10.0.0.1", List.of("zoneA"), List.of()),
                                hinted("10.0.0.2", List.of("zoneB"), List.of()))));
        assertThat(table.explain(WEB).reason())
                .isEqualTo("the ready endpoints that topology hints give to this zone");
        assertThat(lines(table.explain(WEB)))
                .containsExactly(
                        "10.0.0.1:8080 used: ready",
                        "10.0.0.2:8080 out: its hints are for the zones [zoneB]");

        table.update(
                services(
                        web(
                                hinted("10.0.0.1", List.of(), List.of("node1")),
                                hinted("10.0.0.2", List.of(), List.of("node2")))));
        assertThat(lines(table.explain(WEB)).getLast())
                .isEqualTo("10.0.0.2:8080 out: its hints are for the nodes [node2]");
    }

    @Test
    void whatCannotBeReachedIsExplained() {
        table.update(services(web()));

        assertThat(reason(ref("x", 80))).isEqualTo("the Service does not exist");
        assertThat(reason(ref("web", 81))).isEqualTo("the Service has no such port");
        assertThat(reason(WEB)).isEqualTo("no EndpointSlice names an endpoint of the port");

        table.update(services(web(endpoint("10.0.0.1", false, false, false))));
        assertThat(reason(WEB)).isEqualTo("no endpoint is ready");

        table.update(services(web(ready("127.0.0.1"))));
        assertThat(reason(WEB))
                .isEqualTo(
                        "every endpoint that would be used has an address that must not be"
                                + " reached");
    }

    @Test
    void externalNamesAreExplained() {
        table.update(services(externalName("example.com.")));
        assertThat(table.explain(WEB).externalName()).isEqualTo("example.com");
        assertThat(table.explain(WEB).availability()).isEqualTo(Availability.UNRESOLVED);
        assertThat(reason(WEB)).startsWith("example.com has not been resolved");

        table.update(services(externalName("localhost")));
        assertThat(reason(WEB))
                .isEqualTo(
                        "localhost leads to this machine or to an address that must not be"
                                + " reached");

        table.update(services(externalName("169.254.169.254")));
        assertThat(table.explain(WEB).availability()).isEqualTo(Availability.FORBIDDEN);
        assertThat(lines(table.explain(WEB)))
                .containsExactly("169.254.169.254:80 out: forbidden: a link-local address");

        table.update(services(externalName("192.0.2.1")));
        assertThat(lines(table.explain(WEB)))
                .containsExactly("192.0.2.1:80 used: an address of 192.0.2.1");
    }

    @Test
    void externalNamesThatAreTurnedOffAreExplained() {
        try (ServiceTable off =
                new ServiceTable(new L4Settings(false, true, null, null, List.of(), 1_000))) {
            off.update(services(externalName("192.0.2.1")));

            assertThat(off.explain(WEB).reason())
                    .isEqualTo("Services of type ExternalName are turned off");
            assertThat(off.port(WEB).endpoints().availability()).isEqualTo(Availability.FORBIDDEN);
            assertThat(off.explain(WEB).endpoints()).allMatch(endpoint -> !endpoint.used());
        }
    }

    private String reason(ServicePortRef ref) {
        return table.explain(ref).reason();
    }

    private static List<String> lines(ServiceExplanation explanation) {
        return explanation.endpoints().stream()
                .map(e -> e.authority() + (e.used() ? " used: " : " out: ") + e.reason())
                .toList();
    }

    private static Endpoint endpoint(
            String address, boolean ready, boolean serving, boolean terminating) {
        return new Endpoint(
                address, 8080, ready, serving, terminating, null, null, Endpoint.Hints.NONE, null);
    }

    private static Endpoint hinted(String address, List<String> zones, List<String> nodes) {
        Endpoint.Hints hints = new Endpoint.Hints(zones, nodes);
        return new Endpoint(address, 8080, true, true, false, null, null, hints, null);
    }
}
