package dev.penstock.l4;

import static dev.penstock.l4.TestServices.WEB;
import static dev.penstock.l4.TestServices.ready;
import static dev.penstock.l4.TestServices.services;
import static dev.penstock.l4.TestServices.web;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.LoadBalancing;
import dev.penstock.model.service.SessionAffinity;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClientAffinityTest {

    private static final SessionAffinity AFFINITY = new SessionAffinity(Duration.ofMinutes(1));
    private static final InetAddress CLIENT = InetAddress.ofLiteral("192.0.2.1");
    private static final Endpoint[] THREE = {
        ready("10.0.0.1"), ready("10.0.0.2"), ready("10.0.0.3")
    };

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    private final ServiceTable table = new ServiceTable(L4Settings.forCluster());
    private final BackendPort port = table.port(WEB);
    private final Balancer one = Balancers.create(LoadBalancing.ROUND_ROBIN, port, random);
    private final Balancer other = Balancers.create(LoadBalancing.RANDOM, port, random);

    @Test
    void aClientComesBackToItsEndpointOnEveryLoop() {
        table.update(services(web(AFFINITY, THREE)));
        LiveEndpoint first = pick(one, CLIENT);

        for (int i = 0; i < 50; i++) {
            assertThat(pick(one, CLIENT)).isEqualTo(first);
            assertThat(pick(other, CLIENT)).isEqualTo(first);
        }
    }

    @Test
    void otherClientsAreSpread() {
        table.update(services(web(AFFINITY, THREE)));
        Set<LiveEndpoint> used = new HashSet<>();
        for (int i = 0; i < 30; i++) {
            used.add(pick(one, InetAddress.ofLiteral("192.0.2." + (i + 10))));
        }

        assertThat(used).hasSize(3);
    }

    @Test
    void aClientStaysWhileItsEndpointIsThereAndMovesForGoodWhenItIsGone() {
        table.update(services(web(AFFINITY, THREE)));
        LiveEndpoint first = requireNonNull(pick(one, CLIENT));

        Endpoint[] others =
                Arrays.stream(THREE)
                        .filter(endpoint -> !endpoint.authority().equals(first.authority()))
                        .toArray(Endpoint[]::new);
        table.update(services(web(AFFINITY, others)));
        LiveEndpoint second = pick(one, CLIENT);
        table.update(services(web(AFFINITY, THREE)));

        assertThat(second).isNotEqualTo(first);
        for (int i = 0; i < 10; i++) {
            assertThat(pick(other, CLIENT)).isEqualTo(second);
        }
    }

    @Test
    void anEndpointThatFailedTheClientIsReplaced() {
        table.update(services(web(AFFINITY, THREE)));
        LiveEndpoint first = requireNonNull(pick(one, CLIENT));

        LiveEndpoint second = one.pick(port.endpoints(), CLIENT, List.of(first));

        assertThat(second).isNotNull().isNotEqualTo(first);
        assertThat(pick(one, CLIENT)).isEqualTo(second);
        assertThat(pick(other, CLIENT)).isEqualTo(second);
    }

    @Test
    void affinityBeginsAndEndsWithTheServicesField() {
        table.update(services(web(THREE)));
        assertThat(pick(one, CLIENT)).isNotEqualTo(pick(one, CLIENT));

        table.update(services(web(AFFINITY, THREE)));
        assertThat(pick(one, CLIENT)).isEqualTo(pick(one, CLIENT));

        table.update(services(web(THREE)));
        assertThat(pick(one, CLIENT)).isNotEqualTo(pick(one, CLIENT));
    }

    @Test
    void nothingIsRememberedOfAnEmptySet() {
        table.update(services(web(AFFINITY)));
        assertThat(pick(one, CLIENT)).isNull();
    }

    @Test
    void anEntryGoesWhenItsTimeoutPassedSinceTheLastUse() {
        AtomicLong nanos = new AtomicLong();
        AffinityTable affinity = new AffinityTable(Duration.ofSeconds(10), 100, nanos::get);
        LiveEndpoint endpoint = new LiveEndpoint(CLIENT, 80);
        assertThat(affinity.putIfAbsent(CLIENT, endpoint)).isNull();

        for (int i = 0; i < 5; i++) {
            nanos.addAndGet(Duration.ofSeconds(9).toNanos());
            assertThat(affinity.get(CLIENT)).isEqualTo(endpoint);
        }
        nanos.addAndGet(Duration.ofSeconds(11).toNanos());
        assertThat(affinity.get(CLIENT)).isNull();
    }

    @Test
    void aChangedTimeoutHoldsForEntriesThatAreThere() {
        AtomicLong nanos = new AtomicLong();
        AffinityTable affinity = new AffinityTable(Duration.ofSeconds(10), 100, nanos::get);
        LiveEndpoint endpoint = new LiveEndpoint(CLIENT, 80);
        assertThat(affinity.putIfAbsent(CLIENT, endpoint)).isNull();

        affinity.timeout(Duration.ofSeconds(100));
        nanos.addAndGet(Duration.ofSeconds(50).toNanos());
        assertThat(affinity.get(CLIENT)).isEqualTo(endpoint);
    }

    @Test
    void theTableIsBounded() {
        AffinityTable affinity = new AffinityTable(Duration.ofHours(1), 100, Ticker.systemTicker());
        LiveEndpoint endpoint = new LiveEndpoint(CLIENT, 80);
        int remembered = 0;
        for (int i = 0; i < 10_000; i++) {
            InetAddress client = InetAddress.ofLiteral("10.0." + i / 250 + "." + i % 250);
            assertThat(affinity.putIfAbsent(client, endpoint)).isNull();
        }
        for (int i = 0; i < 10_000; i++) {
            InetAddress client = InetAddress.ofLiteral("10.0." + i / 250 + "." + i % 250);
            remembered += affinity.get(client) == null ? 0 : 1;
        }

        assertThat(remembered).isBetween(1, 100);
    }

    private @Nullable LiveEndpoint pick(Balancer balancer, InetAddress client) {
        return balancer.pick(port.endpoints(), client, List.of());
    }
}
