package dev.penstock.l4;

import static dev.penstock.l4.TestServices.WEB;
import static dev.penstock.l4.TestServices.authorities;
import static dev.penstock.l4.TestServices.ready;
import static dev.penstock.l4.TestServices.ref;
import static dev.penstock.l4.TestServices.services;
import static dev.penstock.l4.TestServices.web;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.model.collect.ShardedMap;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.ServicePortRef;
import dev.penstock.model.service.Services;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ServiceTableTest {

    private final ServiceTable table = new ServiceTable(L4Settings.forCluster());

    @Test
    void aPortIsFoundByNumberAndByName() {
        table.update(services(web(ready("10.0.0.1"))));

        BackendPort byName = table.port(ServicePortRef.byName(WEB.service(), "http"));
        assertThat(authorities(byName.endpoints())).containsExactly("10.0.0.1:8080");
        assertThat(authorities(table.port(WEB).endpoints())).containsExactly("10.0.0.1:8080");
    }

    @Test
    void whatIsMissingIsSaid() {
        table.update(services(web()));

        assertThat(availability(ref("other", 80))).isEqualTo(Availability.NO_SERVICE);
        assertThat(availability(ref("web", 81))).isEqualTo(Availability.NO_PORT);
        assertThat(availability(ref("web", 53))).isEqualTo(Availability.NO_PORT);
        assertThat(availability(ServicePortRef.byName(WEB.service(), "none")))
                .isEqualTo(Availability.NO_PORT);
        assertThat(availability(WEB)).isEqualTo(Availability.NO_ENDPOINTS);
        assertThat(availability(ref("web", 443))).isEqualTo(Availability.NO_ENDPOINTS);
    }

    private Availability availability(ServicePortRef ref) {
        return table.port(ref).endpoints().availability();
    }

    @Test
    void aHandleFollowsItsService() {
        BackendPort port = table.port(WEB);
        assertThat(port.endpoints().availability()).isEqualTo(Availability.NO_SERVICE);

        table.update(services(web(ready("10.0.0.1"))));
        assertThat(authorities(port.endpoints())).containsExactly("10.0.0.1:8080");

        table.update(services(web(ready("10.0.0.2"), ready("fd00::3"))));
        assertThat(authorities(port.endpoints()))
                .containsExactly("10.0.0.2:8080", "[fd00:0:0:0:0:0:0:3]:8080");

        table.update(Services.EMPTY);
        assertThat(port.endpoints().availability()).isEqualTo(Availability.NO_SERVICE);
        assertThat(port.endpoints().size()).isZero();
    }

    @Test
    void equalReferencesShareOneHandleUntilTheLastIsReleased() {
        BackendPort port = table.port(WEB);
        assertThat(table.port(ref("web", 80))).isSameAs(port);

        table.release(WEB);
        table.update(services(web(ready("10.0.0.1"))));
        assertThat(port.endpoints().size()).isEqualTo(1);

        table.release(WEB);
        table.update(services(web(ready("10.0.0.1"), ready("10.0.0.2"))));
        assertThat(port.endpoints().size()).isEqualTo(1);
        assertThat(table.port(WEB)).isNotSameAs(port);
    }

    @Test
    void anUnchangedServiceKeepsItsSet() {
        Service service = web(ready("10.0.0.1"));
        table.update(services(service));
        BackendPort port = table.port(WEB);
        EndpointSet set = port.endpoints();

        table.update(services(service));
        assertThat(port.endpoints()).isSameAs(set);

        table.update(services(web(ready("10.0.0.1"))));
        assertThat(port.endpoints()).as("equal endpoints of another object").isSameAs(set);
    }

    @Test
    void anEndpointThatStaysIsTheSameInstance() {
        table.update(services(web(ready("10.0.0.1"), ready("10.0.0.2"))));
        BackendPort port = table.port(WEB);
        LiveEndpoint second = port.endpoints().get(1);

        table.update(services(web(ready("10.0.0.2"), ready("10.0.0.3"))));

        assertThat(port.endpoints().get(0)).isSameAs(second);
    }

    @Test
    void theZoneOfTheNodeIsFollowedUnlessOneIsGiven() {
        ShardedMap<ServiceName, Service> web =
                services(web(hinted("10.0.0.1", "a"), hinted("10.0.0.2", "b"))).byName();
        ServiceTable given =
                new ServiceTable(new L4Settings(true, false, "node1", "b", List.of(), 1_000));
        BackendPort port = table.port(WEB);
        for (String zone : List.of("a", "b")) {
            table.update(new Services(web, zone));
            given.update(new Services(web, zone));
            assertThat(authorities(port.endpoints()))
                    .containsExactly(zone.equals("a") ? "10.0.0.1:8080" : "10.0.0.2:8080");
            assertThat(authorities(given.port(WEB).endpoints())).containsExactly("10.0.0.2:8080");
            assertThat(table.settings().zone()).isEqualTo(zone);
        }
        table.update(new Services(web, null));
        assertThat(authorities(port.endpoints())).hasSize(2);
    }

    private static Endpoint hinted(String address, String zone) {
        Endpoint.Hints hints = new Endpoint.Hints(List.of(zone), List.of());
        return new Endpoint(address, 8080, true, true, false, null, null, hints, null);
    }

    @Test
    void serviceUpstreamIsTheFirstClusterAddress() {
        table.update(
                services(TestServices.clusterIp(List.of("10.96.0.1", "fd00::1"), null, Map.of())));
        BackendPort port = table.port(WEB);

        assertThat(authorities(port.serviceUpstream())).containsExactly("10.96.0.1:80");
        assertThat(port.endpoints().availability()).isEqualTo(Availability.NO_ENDPOINTS);
    }

    @Test
    void aHeadlessServiceHasEndpointsButNoUpstreamOfItsOwn() {
        table.update(
                services(
                        TestServices.clusterIp(
                                List.of(), null, Map.of("http", List.of(ready("10.0.0.1"))))));
        BackendPort port = table.port(WEB);

        assertThat(authorities(port.endpoints())).containsExactly("10.0.0.1:8080");
        assertThat(port.serviceUpstream().availability()).isEqualTo(Availability.NO_CLUSTER_IP);
    }

    @Test
    void serviceUpstreamOfWhatIsMissingIsMissing() {
        table.update(services(web(ready("10.0.0.1"))));

        assertThat(table.port(ref("web", 81)).serviceUpstream().availability())
                .isEqualTo(Availability.NO_PORT);
        assertThat(table.port(ref("x", 80)).serviceUpstream().availability())
                .isEqualTo(Availability.NO_SERVICE);
    }

    @Test
    void loopbackEndpointsAreRefusedInAClusterOnly() {
        Services services = services(web(ready("127.0.0.1"), ready("169.254.169.254")));
        table.update(services);
        ServiceTable manifests = new ServiceTable(L4Settings.forManifests());
        manifests.update(services);

        assertThat(table.port(WEB).endpoints().availability()).isEqualTo(Availability.FORBIDDEN);
        assertThat(authorities(manifests.port(WEB).endpoints())).containsExactly("127.0.0.1:8080");
    }

    @Test
    void anAddressThatIsNoneIsLeftOut() {
        table.update(services(web(ready("pod.example.com"), ready("10.0.0.1"))));

        assertThat(authorities(table.port(WEB).endpoints())).containsExactly("10.0.0.1:8080");
    }

    /** Each version has its own port, so that a mix of two versions would show. */
    @Test
    void readersSeeOneWholeVersionWhileTheWriterGoesOn() throws Exception {
        List<Services> versions = new ArrayList<>();
        for (int version = 0; version < 50; version++) {
            Endpoint[] endpoints = new Endpoint[version % 7 + 1];
            for (int i = 0; i < endpoints.length; i++) {
                endpoints[i] = Endpoint.ready("10.0.0." + (i + 1), 1_000 + version);
            }
            versions.add(services(web(endpoints)));
        }
        table.update(versions.getFirst());
        BackendPort port = table.port(WEB);
        AtomicBoolean running = new AtomicBoolean(true);
        try (ExecutorService readers = Executors.newFixedThreadPool(3)) {
            List<Future<Long>> results = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                results.add(readers.submit(() -> read(port, running)));
            }
            for (int i = 0; i < 2_000; i++) {
                table.update(versions.get(i % versions.size()));
                BackendPort _ = table.port(WEB);
                table.release(WEB);
            }
            running.set(false);
            for (Future<Long> result : results) {
                assertThat(result.get()).isPositive();
            }
        } finally {
            running.set(false);
        }
    }

    private static long read(BackendPort port, AtomicBoolean running) {
        long reads = 0;
        do {
            EndpointSet set = port.endpoints();
            int version = set.get(0).address().getPort() - 1_000;
            assertThat(set.size()).isEqualTo(version % 7 + 1);
            for (int i = 0; i < set.size(); i++) {
                assertThat(set.get(i).address().getPort()).isEqualTo(version + 1_000);
            }
            reads++;
        } while (running.get());
        return reads;
    }
}
