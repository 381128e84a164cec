package dev.penstock.l4;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.model.service.LoadBalancing;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BalancersTest {

    private static final InetAddress CLIENT = InetAddress.ofLiteral("192.0.2.1");

    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(4711);

    @Test
    void roundRobinIsExact() {
        EndpointSet set = set(7);
        Balancer balancer = balancer(LoadBalancing.ROUND_ROBIN);

        Map<LiveEndpoint, Integer> counts = count(balancer, set, 700);

        assertThat(counts).hasSize(7).allSatisfy((_, count) -> assertThat(count).isEqualTo(100));
    }

    @Test
    void roundRobinOfTwoLoopsBeginsApart() {
        EndpointSet set = set(1_000);
        Set<LiveEndpoint> first = new HashSet<>();
        for (int loop = 0; loop < 8; loop++) {
            first.add(pick(balancer(LoadBalancing.ROUND_ROBIN), set, List.of()));
        }

        assertThat(first).hasSizeGreaterThan(6);
    }

    @Test
    void randomIsEvenWithinBounds() {
        Map<LiveEndpoint, Integer> counts = count(balancer(LoadBalancing.RANDOM), set(10), 100_000);

        // Five standard deviations of a binomial distribution: sqrt(100000 * 0.1 * 0.9) is 95.
        assertThat(counts)
                .hasSize(10)
                .allSatisfy((_, count) -> assertThat(count).isCloseTo(10_000, within(475)));
    }

    @Test
    void randomAmongTheUntriedIsEvenToo() {
        EndpointSet set = set(5);
        Balancer balancer = balancer(LoadBalancing.RANDOM);
        List<LiveEndpoint> tried = List.of(set.get(1), set.get(3));
        Map<LiveEndpoint, Integer> counts = new HashMap<>();
        for (int i = 0; i < 30_000; i++) {
            counts.merge(pick(balancer, set, tried), 1, Integer::sum);
        }

        assertThat(counts)
                .hasSize(3)
                .allSatisfy((_, count) -> assertThat(count).isCloseTo(10_000, within(410)));
    }

    @Test
    void leastRequestsPrefersTheLessLoadedOfTwo() {
        EndpointSet set = set(2);
        Balancer balancer = balancer(LoadBalancing.LEAST_REQUESTS);
        balancer.started(set.get(0));

        assertThat(count(balancer, set, 1_000)).containsOnlyKeys(set.get(1));

        balancer.finished(set.get(0));
        balancer.started(set.get(1));
        assertThat(count(balancer, set, 1_000)).containsOnlyKeys(set.get(0));
    }

    @Test
    void leastRequestsNeverTakesTheMostLoadedOfMany() {
        EndpointSet set = set(10);
        Balancer balancer = balancer(LoadBalancing.LEAST_REQUESTS);
        for (int i = 0; i < 10; i++) {
            for (int load = 0; load < i; load++) {
                balancer.started(set.get(i));
            }
        }

        Map<LiveEndpoint, Integer> counts = count(balancer, set, 90_000);

        assertThat(counts).doesNotContainKey(set.get(9));
        // The i-th least loaded of n wins against n - 1 - i of n - 1 others: 2 (n - 1 - i) / (n (n
        // - 1)).
        for (int i = 0; i < 9; i++) {
            assertThat(counts.get(set.get(i))).isCloseTo(2_000 * (9 - i), within(650));
        }
    }

    @Test
    void leastRequestsCountsOnOverAChangeOfTheSet() {
        EndpointSet before = set(2);
        EndpointSet after = set(2);
        Balancer balancer = balancer(LoadBalancing.LEAST_REQUESTS);
        LiveEndpoint _ = pick(balancer, before, List.of());
        balancer.started(before.get(0));

        assertThat(count(balancer, after, 100)).containsOnlyKeys(after.get(1));
        balancer.finished(before.get(0));
        assertThat(count(balancer, after, 100)).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void nothingThatWasTriedIsPickedAgainAndAllIsTried(LoadBalancing kind) {
        Balancer balancer = balancer(kind);
        for (int size = 0; size < 12; size++) {
            EndpointSet set = set(size);
            List<LiveEndpoint> tried = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                LiveEndpoint endpoint = pick(balancer, set, tried);
                assertThat(tried).doesNotContain(endpoint);
                assertThat(set.contains(endpoint)).isTrue();
                tried.add(endpoint);
            }
            assertThat(balancer.pick(set, CLIENT, tried)).isNull();
        }
    }

    @Test
    void sourceHashSendsAClientToOneEndpointFromEveryLoop() {
        EndpointSet set = set(10);
        for (InetAddress client : clients(200)) {
            LiveEndpoint first = balancer(LoadBalancing.SOURCE_HASH).pick(set, client, List.of());
            LiveEndpoint second = balancer(LoadBalancing.SOURCE_HASH).pick(set, client, List.of());
            assertThat(first).isEqualTo(second);
        }
    }

    @Test
    void sourceHashSpreadsClientsAndMovesAsFewAsCanBe() {
        List<LiveEndpoint> all = set(10).asList();
        EndpointSet before = EndpointSet.of(all, null);
        EndpointSet after = EndpointSet.of(all.subList(0, 9), null);
        Balancer balancer = balancer(LoadBalancing.SOURCE_HASH);
        Map<LiveEndpoint, Integer> counts = new HashMap<>();
        for (InetAddress client : clients(20_000)) {
            LiveEndpoint first = requireNonNull(balancer.pick(before, client, List.of()));
            LiveEndpoint second = balancer.pick(after, client, List.of());
            counts.merge(first, 1, Integer::sum);
            if (!first.equals(all.get(9))) {
                assertThat(second).as("only clients of what has gone move").isEqualTo(first);
            }
        }

        assertThat(counts)
                .hasSize(10)
                .allSatisfy((_, count) -> assertThat(count).isCloseTo(2_000, within(215)));
    }

    private static List<InetAddress> clients(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    String low = Integer.toHexString(i);
                    String v4 = "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255);
                    return InetAddress.ofLiteral(i % 2 == 0 ? v4 : "2001:db8::" + low);
                })
                .toList();
    }

    private Balancer balancer(LoadBalancing kind) {
        return Balancers.create(kind, new BackendPort(TestServices.WEB), random);
    }

    private static EndpointSet set(int size) {
        List<LiveEndpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            InetAddress address = InetAddress.ofLiteral("10.1." + i / 250 + "." + (i % 250 + 1));
            endpoints.add(new LiveEndpoint(address, 80));
        }
        return EndpointSet.of(endpoints, null);
    }

    private static Map<LiveEndpoint, Integer> count(Balancer balancer, EndpointSet set, int picks) {
        Map<LiveEndpoint, Integer> counts = new HashMap<>();
        for (int i = 0; i < picks; i++) {
            counts.merge(pick(balancer, set, List.of()), 1, Integer::sum);
        }
        return counts;
    }

    private static LiveEndpoint pick(Balancer balancer, EndpointSet set, List<LiveEndpoint> tried) {
        return requireNonNull(balancer.pick(set, CLIENT, tried), "an endpoint");
    }
}
