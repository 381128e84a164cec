package dev.penstock.controller.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.controller.state.ServiceObject;
import dev.penstock.model.Problem;
import dev.penstock.model.ProblemReason;
import dev.penstock.model.address.AddressPool;
import dev.penstock.model.service.ServiceName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolPlanTest {

    private static final String OURS = "loadBalancerClass: penstock.dev/load-balancer";
    private static final PoolSettings SMALL = settings("192.0.2.10-192.0.2.13", false);
    private static final PoolSettings DUAL = settings("192.0.2.0/28,2001:db8::/124", false);

    @Test
    void servicesOfOurClassGetAnAddressEach() {
        PoolPlan plan = plan(SMALL, TestServices.of("a", OURS), TestServices.of("b", OURS));

        assertThat(plan.problems()).isEmpty();
        assertThat(all(plan)).hasSize(2).doesNotHaveDuplicates().allMatch(SMALL.pool()::contains);
    }

    @Test
    void servicesOfNoClassGetOneOnlyWhereAsked() {
        ServiceObject none = TestServices.of("a", "");
        ServiceObject other = TestServices.of("b", "loadBalancerClass: example.com/other");

        assertThat(plan(SMALL, none, other).addresses()).isEmpty();
        assertThat(plan(settings("192.0.2.10", true), none, other).addresses())
                .isEqualTo(Map.of(none.name(), List.of("192.0.2.10")));
    }

    @Test
    void whatAStatusSaysStays() {
        ServiceObject a = TestServices.withStatus("a", OURS, "192.0.2.12");

        assertThat(plan(SMALL, TestServices.of("0a", OURS), a).addresses().get(a.name()))
                .containsExactly("192.0.2.12");
    }

    @Test
    void anAddressOutsideThePoolIsReplaced() {
        ServiceObject a = TestServices.withStatus("a", OURS, "198.51.100.1");

        assertThat(plan(SMALL, a).addresses().get(a.name())).allMatch(SMALL.pool()::contains);
    }

    @Test
    void theYoungerOfTwoWithOneAddressGetsAnother() {
        ServiceObject old = TestServices.withStatus("old", OURS, "192.0.2.12");
        ServiceObject young = TestServices.withStatus("young", OURS, "192.0.2.12");
        PoolPlan plan = plan(SMALL, young, old);

        assertThat(plan.addresses().get(old.name())).containsExactly("192.0.2.12");
        assertThat(all(plan)).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void addressesThatOthersUseAreNotGiven() {
        ServiceObject other =
                TestServices.withStatus("x", "loadBalancerClass: o.example/x", "192.0.2.10");
        ServiceObject external =
                TestServices.of("y", "type: ClusterIP, externalIPs: [192.0.2.11, 192.0.2.13]");
        ServiceObject ours = TestServices.of("z", OURS);

        assertThat(plan(SMALL, other, external, ours).addresses())
                .isEqualTo(Map.of(ours.name(), List.of("192.0.2.12")));
    }

    @Test
    void aServiceThatIsNoLongerALoadBalancerLosesWhatWasOfThePool() {
        ServiceObject before = TestServices.withStatus("a", "type: ClusterIP", "192.0.2.10");

        assertThat(plan(SMALL, before).addresses()).isEqualTo(Map.of(before.name(), List.of()));
    }

    @Test
    void anAddressMayBeAskedForByAnnotationOrField() {
        ServiceObject annotated = TestServices.annotated("a", OURS, "192.0.2.11");
        ServiceObject field = TestServices.of("b", OURS + ", loadBalancerIP: 192.0.2.13");

        assertThat(plan(SMALL, annotated, field).addresses())
                .isEqualTo(
                        Map.of(
                                annotated.name(), List.of("192.0.2.11"),
                                field.name(), List.of("192.0.2.13")));
    }

    @Test
    void aServiceMovesToTheAddressItAsksForIfThatIsFree() {
        ServiceObject owner = TestServices.withStatus("a", OURS, "192.0.2.11");
        ServiceObject moves =
                TestServices.withStatus("b", OURS + ", loadBalancerIP: 192.0.2.10", "192.0.2.12");
        ServiceObject stays =
                TestServices.withStatus("c", OURS + ", loadBalancerIP: 192.0.2.11", "192.0.2.13");
        PoolPlan plan = plan(SMALL, owner, moves, stays);

        assertThat(plan.addresses())
                .isEqualTo(
                        Map.of(
                                owner.name(), List.of("192.0.2.11"),
                                moves.name(), List.of("192.0.2.10"),
                                stays.name(), List.of("192.0.2.13")));
        assertThat(plan.problems()).extracting(Problem::object).containsExactly(stays.meta().ref());
        assertThat(plan.problems())
                .extracting(Problem::message)
                .containsExactly("192.0.2.11 is taken: it is an address of default/a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "198.51.100.1 | AddressUnavailable | 198.51.100.1 is not in the load balancer pool",
                "2001:db8::1 | AddressUnavailable | 2001:db8::1 is of an IP family that the Service does not have",
                "nonsense | InvalidField | '''nonsense'' is no IP address'",
            })
    void whatCannotBeAskedForIsAProblem(String address, ProblemReason reason, String message) {
        ServiceObject asks = TestServices.of("a", OURS + ", loadBalancerIP: '" + address + "'");

        assertThat(plan(SMALL, asks).problems())
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.reason()).isEqualTo(reason);
                    assertThat(problem.message()).isEqualTo(message);
                    assertThat(problem.field()).isEqualTo("spec.loadBalancerIP");
                });
    }

    @Test
    void whoFindsThePoolEmptyWaits() {
        PoolSettings one = settings("192.0.2.10", false);
        ServiceObject a = TestServices.of("a", OURS);
        ServiceObject b = TestServices.of("b", OURS);
        PoolPlan full = plan(one, a, b);

        assertThat(full.addresses().get(b.name())).isEmpty();
        assertThat(full.problems())
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.object()).isEqualTo(b.meta().ref());
                    assertThat(problem.reason()).isEqualTo(ProblemReason.AddressPoolExhausted);
                });
        assertThat(plan(one, b).addresses().get(b.name())).containsExactly("192.0.2.10");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ipFamilies: [IPv4] | 4",
                "ipFamilies: [IPv6] | 6",
                "ipFamilies: [IPv6, IPv4], ipFamilyPolicy: RequireDualStack | 64",
                "clusterIP: 10.96.0.1 | 4",
                "clusterIPs: [10.96.0.1, 'fd00::1'] | 46",
                "ipFamilyPolicy: PreferDualStack | 46",
                "'' | 4",
            })
    void addressesAreOfTheServicesFamilies(String spec, String families) {
        ServiceObject object = TestServices.of("a", OURS + (spec.equals("''") ? "" : ", " + spec));
        StringBuilder given = new StringBuilder();
        for (String address : all(plan(DUAL, object))) {
            given.append(address.indexOf(':') < 0 ? '4' : '6');
        }

        assertThat(given).hasToString(families);
    }

    /** Random Services come, go and change under a pool that is nearly used up. */
    @Test
    void noTwoShareAnAddressAndNobodyLosesOneWithoutNeed() {
        for (long seed = 0; seed < 200; seed++) {
            history(new Random(seed), seed);
        }
    }

    private static void history(Random random, long seed) {
        PoolSettings settings = settings("192.0.2.10-192.0.2.19,2001:db8::1-2001:db8::8", true);
        Map<ServiceName, List<String>> status = new HashMap<>();
        Map<String, String> specs = new HashMap<>();
        for (int step = 0; step < 20; step++) {
            Set<String> touched = change(random, specs);
            List<ServiceObject> objects = new ArrayList<>();
            specs.forEach((name, spec) ->
                    objects.add(
                            TestServices.withStatus(
                                    name,
                                    spec,
                                    status.getOrDefault(new ServiceName("default", name), List.of())
                                            .toArray(String[]::new))));
            PoolPlan plan = PoolPlan.of(settings, objects, Map.of());
            Collections.shuffle(objects, random);

            assertThat(PoolPlan.of(settings, objects, Map.of())).as("order").isEqualTo(plan);
            assertThat(all(plan)).as("seed " + seed).doesNotHaveDuplicates();
            assertThat(all(plan)).allMatch(settings.pool()::contains);
            plan.addresses()
                    .forEach((name, addresses) -> {
                        boolean asks = String.valueOf(specs.get(name.name())).contains("IP: ");
                        if (!touched.contains(name.name()) && !asks) {
                            assertThat(addresses)
                                    .as("seed %d, step: %s", seed, name)
                                    .containsAll(status.getOrDefault(name, List.of()));
                        }
                        if (addresses.isEmpty()) {
                            assertThat(plan.problems())
                                    .anyMatch(
                                            problem -> problem.object().name().equals(name.name()));
                        }
                    });
            status.keySet().retainAll(plan.addresses().keySet());
            status.putAll(plan.addresses());
        }
    }

    private static Set<String> change(Random random, Map<String, String> specs) {
        Set<String> touched = new HashSet<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            String name = "s" + random.nextInt(14);
            touched.add(name);
            switch (random.nextInt(4)) {
                case 0 -> specs.remove(name);
                case 1 -> specs.put(name, "ipFamilies: [IPv4, IPv6]");
                case 2 ->
                        specs.put(
                                name,
                                "ipFamilies: [IPv4], loadBalancerIP: 192.0.2."
                                        + (8 + random.nextInt(14)));
                default -> specs.put(name, "ipFamilies: [IPv4]");
            }
        }
        return touched;
    }

    private static PoolPlan plan(PoolSettings settings, ServiceObject... services) {
        return PoolPlan.of(settings, List.of(services), Map.of());
    }

    private static List<String> all(PoolPlan plan) {
        return plan.addresses().values().stream().flatMap(List::stream).toList();
    }

    private static PoolSettings settings(String pool, boolean unclassed) {
        return new PoolSettings(AddressPool.parse(pool), unclassed);
    }
}
