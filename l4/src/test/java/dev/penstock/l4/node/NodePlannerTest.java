package dev.penstock.l4.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.l4.L4Settings;
import dev.penstock.model.Problem;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.NodeTraffic;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.ServicePort;
import dev.penstock.model.service.ServiceType;
import dev.penstock.model.service.Services;
import dev.penstock.model.service.TrafficPolicy;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NodePlannerTest {

    private static final Instant EARLY = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant LATE = Instant.parse("2026-02-01T00:00:00Z");
    private static final Endpoint HERE = on("10.244.1.2", "node1");
    private static final Endpoint THERE = on("10.244.2.2", "node2");

    private final NodePlanner planner =
            new NodePlanner(RandomServices.settings(), EnumSet.allOf(Algorithm.class));

    @Test
    void headlessExternalNameAndDelegatedServicesAskForNothing() {
        Service headless = service("headless", List.of(), NodeTraffic.DEFAULT, EARLY, HERE);
        Service external =
                new Service(
                        new ServiceName("default", "external"),
                        ServiceType.EXTERNAL_NAME,
                        List.of("10.96.0.9"),
                        List.of(port(0)),
                        null,
                        "example.com",
                        NodeTraffic.DEFAULT,
                        Map.of(),
                        Map.of(),
                        null);
        NodeTraffic delegated =
                new NodeTraffic(
                        List.of(),
                        List.of(),
                        List.of(),
                        TrafficPolicy.CLUSTER,
                        TrafficPolicy.CLUSTER,
                        0,
                        true);
        Service other = service("other", List.of("10.96.0.3"), delegated, EARLY, HERE);

        assertThat(plan(headless, external, other).services()).isEmpty();
    }

    @Test
    void dualStackServiceIsTwoVirtualServicesThatNeverShareEndpoints() {
        Endpoint sixth = on("fd00:244::2", "node2");
        NodePlan plan =
                plan(
                        service(
                                "web",
                                List.of("10.96.0.1", "fd00:96::1"),
                                NodeTraffic.DEFAULT,
                                EARLY,
                                HERE,
                                sixth));

        assertThat(virtual(plan, "web", IpFamily.IPV4).cluster())
                .containsExactly(new Destination("10.244.1.2", 8080, true, 1));
        assertThat(virtual(plan, "web", IpFamily.IPV6).cluster())
                .containsExactly(new Destination("fd00:244::2", 8080, false, 1));
    }

    @Test
    void endpointsOfTheWrongFamilyAreReportedAndRefuse() {
        NodePlan plan =
                plan(
                        service(
                                "web",
                                List.of("10.96.0.1"),
                                NodeTraffic.DEFAULT,
                                EARLY,
                                on("fd00:244::2", "node1")));

        assertThat(virtual(plan, "web", IpFamily.IPV4).internalVerdict())
                .isEqualTo(VirtualService.Verdict.REJECT);
        assertThat(summaries())
                .containsExactly(
                        "Service default/web spec.clusterIPs: no endpoint of port http has the family"
                                + " of a cluster address; connections to the port are refused");
    }

    @Test
    void olderServiceHasAnAddressThatTwoClaim() {
        Service young = service("a", List.of("10.96.0.1"), NodeTraffic.DEFAULT, LATE, HERE);
        Service old = service("b", List.of("10.96.0.1"), NodeTraffic.DEFAULT, EARLY, THERE);

        NodePlan plan = plan(young, old);

        assertThat(virtual(plan, "b", IpFamily.IPV4).clusterIp()).isEqualTo("10.96.0.1");
        assertThat(virtual(plan, "a", IpFamily.IPV4).clusterIp()).isNull();
        assertThat(summaries())
                .containsExactly(
                        "Service default/a spec.clusterIPs: TCP 10.96.0.1:80 is that of"
                                + " default/b:http already; it is not served for this Service");

        NodePlan later = plan(young);
        assertThat(virtual(later, "a", IpFamily.IPV4).clusterIp()).isEqualTo("10.96.0.1");
        assertThat(summaries()).isEmpty();
    }

    @Test
    void serviceOfUnknownAgeTakesNothingFromOneThatIsServed() {
        Service first = service("z", List.of("10.96.0.1"), NodeTraffic.DEFAULT, null, HERE);
        NodePlan before = plan(first);

        NodePlan after =
                plan(first, service("a", List.of("10.96.0.1"), NodeTraffic.DEFAULT, null, THERE));

        assertThat(virtual(after, "z", IpFamily.IPV4))
                .isSameAs(virtual(before, "z", IpFamily.IPV4));
        assertThat(virtual(after, "a", IpFamily.IPV4).clusterIp()).isNull();
    }

    @Test
    void externalIpNeverTakesOverAClusterAddress() {
        NodeTraffic greedy =
                new NodeTraffic(
                        List.of("10.96.0.1"),
                        List.of(),
                        List.of(),
                        TrafficPolicy.CLUSTER,
                        TrafficPolicy.CLUSTER,
                        0,
                        false);
        Service attacker = service("attacker", List.of("10.96.0.2"), greedy, EARLY, THERE);
        Service victim = service("victim", List.of("10.96.0.1"), NodeTraffic.DEFAULT, LATE, HERE);

        NodePlan plan = plan(attacker, victim);

        assertThat(virtual(plan, "victim", IpFamily.IPV4).clusterIp()).isEqualTo("10.96.0.1");
        assertThat(virtual(plan, "attacker", IpFamily.IPV4).externalIps()).isEmpty();
    }

    @Test
    void olderServiceHasANodePortThatTwoClaimAndTheYoungerKeepsItsAddress() {
        Service young = nodePort("a", "10.96.0.1", LATE);
        Service old = nodePort("b", "10.96.0.2", EARLY);

        NodePlan plan = plan(young, old);

        assertThat(virtual(plan, "b", IpFamily.IPV4).nodePort()).isEqualTo(30080);
        assertThat(virtual(plan, "a", IpFamily.IPV4).nodePort()).isZero();
        assertThat(virtual(plan, "a", IpFamily.IPV4).clusterIp()).isEqualTo("10.96.0.1");
        assertThat(summaries())
                .containsExactly(
                        "Service default/a spec.ports: TCP node port 30080 is that of"
                                + " default/b:http already; it is not served for this Service");
    }

    private static Service nodePort(String name, String clusterIp, Instant created) {
        return new Service(
                new ServiceName("default", name),
                ServiceType.NODE_PORT,
                List.of(clusterIp),
                List.of(port(30080)),
                null,
                null,
                NodeTraffic.DEFAULT,
                Map.of("http", List.of(HERE)),
                Map.of(),
                created);
    }

    @Test
    void localPolicyWithEndpointsElsewhereOnlyDrops() {
        NodeTraffic local =
                new NodeTraffic(
                        List.of(),
                        List.of(),
                        List.of(),
                        TrafficPolicy.LOCAL,
                        TrafficPolicy.LOCAL,
                        0,
                        false);

        VirtualService remote =
                virtual(
                        plan(service("web", List.of("10.96.0.1"), local, EARLY, THERE)),
                        "web",
                        IpFamily.IPV4);
        assertThat(remote.internalVerdict()).isEqualTo(VirtualService.Verdict.DROP);
        assertThat(remote.externalVerdict()).isEqualTo(VirtualService.Verdict.DROP);

        VirtualService none =
                virtual(
                        plan(service("web", List.of("10.96.0.1"), local, EARLY)),
                        "web",
                        IpFamily.IPV4);
        assertThat(none.internalVerdict()).isEqualTo(VirtualService.Verdict.REJECT);
    }

    @Test
    void rangesOfTheOtherFamilyAloneCloseAnAddressInsteadOfOpeningIt() {
        NodeTraffic ranges =
                new NodeTraffic(
                        List.of(),
                        List.of("198.51.100.1"),
                        List.of("2001:db8::/32", "nonsense"),
                        TrafficPolicy.CLUSTER,
                        TrafficPolicy.CLUSTER,
                        0,
                        false);
        Service service =
                new Service(
                        new ServiceName("default", "web"),
                        ServiceType.LOAD_BALANCER,
                        List.of("10.96.0.1"),
                        List.of(port(30_080)),
                        null,
                        null,
                        ranges,
                        Map.of("http", List.of(HERE)),
                        Map.of(),
                        null);

        assertThat(virtual(plan(service), "web", IpFamily.IPV4).loadBalancerIps()).isEmpty();
        assertThat(summaries())
                .containsExactly(
                        "Service default/web spec.loadBalancerSourceRanges[1]: 'nonsense' is no"
                                + " network (expected: as 10.0.0.0/8); the range is left out;"
                                + " sources in no other range are still dropped",
                        "Service default/web spec.loadBalancerSourceRanges: no range is of the"
                                + " family of 198.51.100.1; it is not served there");
    }

    @Test
    void annotationsChooseAlgorithmSchedulerAndWeights() {
        Service service =
                new Service(
                        new ServiceName("default", "web"),
                        ServiceType.CLUSTER_IP,
                        List.of("10.96.0.1"),
                        List.of(port(0)),
                        null,
                        null,
                        NodeTraffic.DEFAULT,
                        Map.of("http", List.of(HERE, THERE)),
                        Map.of(
                                "l4-algorithm", "weighted",
                                "ipvs-scheduler", "best",
                                "l4-weights", "node2=5, 10.244.1.2=0, x"),
                        null);

        VirtualService virtual = virtual(plan(service), "web", IpFamily.IPV4);

        assertThat(virtual.algorithm()).isEqualTo(Algorithm.WEIGHTED);
        assertThat(virtual.ipvsScheduler()).isNull();
        assertThat(virtual.cluster())
                .containsExactly(
                        new Destination("10.244.1.2", 8080, true, 0),
                        new Destination("10.244.2.2", 8080, false, 5));
        assertThat(planner.problems())
                .extracting(Problem::field)
                .containsExactly(
                        "metadata.annotations[penstock.dev/ipvs-scheduler]",
                        "metadata.annotations[penstock.dev/l4-weights]");
    }

    @Test
    void algorithmThatTheModeLacksIsReported() {
        NodePlanner poor = new NodePlanner(L4Settings.forCluster(), Set.of(Algorithm.RANDOM));
        Service service =
                new Service(
                        new ServiceName("default", "web"),
                        ServiceType.CLUSTER_IP,
                        List.of("10.96.0.1"),
                        List.of(port(0)),
                        null,
                        null,
                        NodeTraffic.DEFAULT,
                        Map.of(),
                        Map.of("l4-algorithm", "maglev"),
                        null);

        poor.plan(Services.of(Map.of(service.name(), service)), NodeFacts.NONE);

        assertThat(poor.problems())
                .extracting(Problem::message)
                .containsExactly("'maglev' is not possible in this mode (expected: random)");
    }

    @Test
    void aChangeOfTheNodesZoneChangesEveryService() {
        L4Settings here = new L4Settings(true, false, "node1", null, List.of(), 1_000);
        NodePlanner zonal = new NodePlanner(here, EnumSet.allOf(Algorithm.class));
        Endpoint first = hinted("10.244.1.2", "a");
        Endpoint second = hinted("10.244.2.2", "b");
        Service web =
                service("web", List.of("10.96.0.1"), NodeTraffic.DEFAULT, EARLY, first, second);
        Services services = Services.of(Map.of(web.name(), web));

        for (String zone : new String[] {"a", "b", null}) {
            NodePlan plan = zonal.plan(new Services(services.byName(), zone), NodeFacts.NONE);
            assertThat(virtual(plan, "web", IpFamily.IPV4).cluster())
                    .extracting(Destination::address)
                    .containsExactlyElementsOf(
                            zone == null
                                    ? List.of("10.244.1.2", "10.244.2.2")
                                    : List.of(zone.equals("a") ? "10.244.1.2" : "10.244.2.2"));
        }
    }

    private static Endpoint hinted(String address, String zone) {
        Endpoint.Hints hints = new Endpoint.Hints(List.of(zone), List.of());
        return new Endpoint(address, 8080, true, true, false, null, null, hints, null);
    }

    @Test
    void changesOneByOneComeToWhatAllAtOnceComesTo() {
        RandomServices random =
                new RandomServices(RandomGeneratorFactory.getDefault().create(20_261_123));
        Map<ServiceName, Service> services = random.services(8);
        NodeFacts facts = random.facts();
        for (int step = 0; step < 2_000; step++) {
            random.change(services, 8);
            NodePlan before = planner.plan(Services.of(services), facts);
            NodePlan plan = planner.plan(Services.of(services), facts);
            assertThat(plan).isSameAs(before);
            assertNoAddressTwice(plan);
            NodePlanner fresh =
                    new NodePlanner(RandomServices.settings(), EnumSet.allOf(Algorithm.class));
            NodePlan whole = fresh.plan(Services.of(services), facts);
            // Who of two of unknown age has an address depends on who came first.
            assertThat(plan.services().keySet()).isEqualTo(whole.services().keySet());
            assertThat(planner.problems()).hasSameSizeAs(fresh.problems());
            if (fresh.problems().isEmpty()) {
                assertThat(plan).isEqualTo(whole);
            }
        }
    }

    private static void assertNoAddressTwice(NodePlan plan) {
        Map<Claim, VirtualServiceId> owners = new HashMap<>();
        for (VirtualService service : plan.services().values()) {
            Claim.each(
                    service,
                    (claim, _) ->
                            assertThat(owners.put(claim, service.id())).as("%s", claim).isNull());
        }
    }

    private NodePlan plan(Service... services) {
        Map<ServiceName, Service> byName = new HashMap<>();
        for (Service service : services) {
            byName.put(service.name(), service);
        }
        return planner.plan(Services.of(byName), NodeFacts.NONE);
    }

    private List<String> summaries() {
        return planner.problems().stream().map(Problem::summary).toList();
    }

    private static VirtualService virtual(NodePlan plan, String name, IpFamily family) {
        VirtualServiceId id =
                new VirtualServiceId(
                        new ServiceName("default", name), "http", Protocol.TCP, family);
        VirtualService virtual = plan.services().get(id);
        assertThat(virtual).as("%s", id).isNotNull();
        return java.util.Objects.requireNonNull(virtual);
    }

    private static Service service(
            String name,
            List<String> clusterIps,
            NodeTraffic traffic,
            @Nullable Instant created,
            Endpoint... endpoints) {
        return new Service(
                new ServiceName("default", name),
                ServiceType.CLUSTER_IP,
                clusterIps,
                List.of(port(0)),
                null,
                null,
                traffic,
                Map.of("http", List.of(endpoints)),
                Map.of(),
                created);
    }

    private static ServicePort port(int nodePort) {
        return new ServicePort("http", Protocol.TCP, 80, "", nodePort, "");
    }

    private static Endpoint on(String address, String node) {
        return new Endpoint(
                address, 8080, true, true, false, node, null, Endpoint.Hints.NONE, null);
    }
}
