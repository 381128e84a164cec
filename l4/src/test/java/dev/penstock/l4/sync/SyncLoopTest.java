package dev.penstock.l4.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.penstock.l4.L4Settings;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.NodePlanner;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.model.service.NodeTraffic;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.ServicePort;
import dev.penstock.model.service.ServiceType;
import dev.penstock.model.service.Services;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SyncLoopTest {

    private static final Duration NEVER = Duration.ofDays(1);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final RecordingMode mode = new RecordingMode();
    private final Told told = new Told();
    private volatile NodeFacts facts = NodeFacts.NONE;
    private SyncLoop loop = loop(Duration.ZERO, NEVER, NEVER);

    @AfterEach
    void close() {
        mode.permits.release(1000);
        loop.close();
    }

    @Test
    void doesNothingBeforeTheFirstServices() {
        start(Duration.ZERO, SHORT, SHORT);

        await().during(Duration.ofMillis(200)).until(mode.attempts::isEmpty);
        assertThat(loop.state().lastApplied()).isNull();
    }

    @Test
    void appliesAChangeAtOnceWhenIdle() {
        start(Duration.ZERO, NEVER, NEVER);
        offer("10.96.0.1");
        awaitSyncs(1);
        Sync first = told.syncs.getFirst();
        assertThat(first.before()).isNull();
        assertThat(first.applied().full()).isTrue();

        long begin = System.nanoTime();
        offer("10.96.0.2");
        awaitSyncs(2);

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
        Sync second = told.syncs.get(1);
        assertThat(second.before()).isSameAs(first.plan());
        assertThat(addresses(second.plan())).containsExactly("10.96.0.2");
        assertThat(second.services().byName()).hasSize(1);
        assertThat(second.latencyNanos()).isPositive();
        assertThat(loop.state().pendingSinceNanos()).isNull();
        assertThat(loop.state().lastApplied()).isNotNull();
    }

    @Test
    void takesChangesThatComeMeanwhileTogether() {
        mode.permits.drainPermits();
        start(Duration.ZERO, NEVER, NEVER);
        offer("10.96.0.1");
        await().until(() -> mode.attempts.size() == 1);
        long oldest = System.nanoTime();
        loop.offer(services("10.96.0.2"), oldest);
        for (int i = 3; i <= 9; i++) {
            offer("10.96.0." + i);
        }
        assertThat(loop.state().pendingSinceNanos()).isNotNull();

        mode.permits.release(10);
        awaitSyncs(2);

        assertThat(addresses(told.syncs.get(1).plan())).containsExactly("10.96.0.9");
        // Behind since the first of them.
        assertThat(told.syncs.get(1).latencyNanos())
                .isGreaterThan(told.syncs.get(1).nanos())
                .isLessThanOrEqualTo(System.nanoTime() - oldest);
        await().during(Duration.ofMillis(200)).until(() -> mode.attempts.size() == 2);
    }

    @Test
    void keepsTheLeastDistanceBetweenSyncs() {
        start(Duration.ofMillis(500), NEVER, NEVER);
        offer("10.96.0.1");
        awaitSyncs(1);
        long begin = System.nanoTime();
        offer("10.96.0.2");
        awaitSyncs(2);

        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isGreaterThan(Duration.ofMillis(250));
    }

    @Test
    void triesAgainAfterAFailure() {
        mode.failuresLeft.set(2);
        start(Duration.ZERO, NEVER, NEVER);
        offer("10.96.0.1");
        awaitSyncs(1);

        assertThat(mode.attempts).hasSize(3);
        assertThat(told.failures)
                .containsExactly("the kernel is out of sorts", "the kernel is out of sorts");
        assertThat(told.syncs.getFirst().latencyNanos())
                .isGreaterThan(told.syncs.getFirst().nanos());
    }

    @Test
    void aFaultOfOursDoesNotStopIt() {
        mode.fault = new IllegalStateException("a fault");
        start(Duration.ZERO, NEVER, NEVER);
        offer("10.96.0.1");
        awaitSyncs(1);

        assertThat(told.failures).singleElement().asString().contains("a fault");
        offer("10.96.0.2");
        awaitSyncs(2);
    }

    @Test
    void aFaultOfTheListenerIsNoFailedSync() {
        told.throwsFaults = true;
        start(Duration.ZERO, NEVER, NEVER);
        offer("10.96.0.1");
        offer("10.96.0.2");
        await().until(() -> loop.state().pendingSinceNanos() == null && !told.syncs.isEmpty());
        int syncs = told.syncs.size();

        await().during(Duration.ofMillis(200)).until(() -> mode.attempts.size() == syncs);
        assertThat(told.failures).isEmpty();
        assertThat(loop.state().lastApplied()).isNotNull();
    }

    @Test
    void theListenerSeesTheServicesThatRulesCannotBeMadeOf() {
        mode.failuresLeft.set(Integer.MAX_VALUE);
        start(Duration.ZERO, NEVER, NEVER);
        offer("10.96.0.1");
        Services newer = services("10.96.0.2");
        loop.offer(newer, System.nanoTime());

        await().until(() -> told.seenWhileFailing.contains(newer));
        assertThat(told.syncs).isEmpty();
    }

    @Test
    void rulesThatCannotBeRepairedArePendingUntilTheyCan() {
        start(Duration.ZERO, NEVER, SHORT);
        offer("10.96.0.1");
        awaitSyncs(1);
        mode.failuresLeft.set(Integer.MAX_VALUE);
        mode.intact = false;
        await().until(() -> told.failures.size() > 1);
        Long since = loop.state().pendingSinceNanos();
        assertThat(since).isNotNull();
        await().until(() -> told.failures.size() > 3);
        assertThat(loop.state().pendingSinceNanos()).isEqualTo(since);
        // It was found once, and is not news each time it fails.
        assertThat(told.repairs).hasValue(1);

        mode.failuresLeft.set(0);
        awaitSyncs(2);

        await().until(() -> loop.state().pendingSinceNanos() == null);
    }

    @Test
    void aNewChangeDoesNotWaitForTheNextAttempt() {
        mode.failuresLeft.set(1);
        loop =
                new SyncLoop(
                        mode,
                        planner(),
                        () -> facts,
                        new SyncSettings(Duration.ZERO, NEVER, NEVER, NEVER, NEVER),
                        told);
        loop.start();
        offer("10.96.0.1");
        await().until(() -> told.failures.size() == 1);
        offer("10.96.0.2");
        awaitSyncs(1);

        assertThat(addresses(told.syncs.getFirst().plan())).containsExactly("10.96.0.2");
    }

    @Test
    void makesRulesAnewThatSomebodyRemoved() {
        start(Duration.ZERO, NEVER, SHORT);
        offer("10.96.0.1");
        awaitSyncs(1);

        mode.intact = false;
        awaitSyncs(2);

        assertThat(told.repairs).hasValue(1);
        assertThat(mode.attempts.get(1)).isSameAs(mode.attempts.getFirst());
        assertThat(told.syncs.get(1).latencyNanos()).isNegative();
        await().during(Duration.ofMillis(200)).until(() -> mode.attempts.size() == 2);
    }

    @Test
    void followsWhatIsSoOnTheNode() {
        start(Duration.ZERO, NEVER, SHORT);
        offer("10.96.0.1");
        awaitSyncs(1);

        facts = new NodeFacts(List.of(), List.of(), false, false, List.of("192.0.2.1"));
        awaitSyncs(2);

        assertThat(told.syncs.get(1).plan().node()).isEqualTo(facts);
        assertThat(told.syncs.get(1).plan().services())
                .isSameAs(told.syncs.getFirst().plan().services());
    }

    @Test
    void asksAgainByThePeriod() {
        start(Duration.ZERO, SHORT, NEVER);
        offer("10.96.0.1");

        awaitSyncs(3);
    }

    @Test
    void closesTheModeInTheEndAndDoesNoMore() {
        start(Duration.ZERO, NEVER, NEVER);
        offer("10.96.0.1");
        awaitSyncs(1);

        loop.close();

        assertThat(mode.closed).isTrue();
        offer("10.96.0.2");
        await().during(Duration.ofMillis(100)).until(() -> mode.attempts.size() == 1);
    }

    private void start(Duration minPeriod, Duration period, Duration checkPeriod) {
        loop = loop(minPeriod, period, checkPeriod);
        loop.start();
    }

    private SyncLoop loop(Duration minPeriod, Duration period, Duration checkPeriod) {
        return new SyncLoop(
                mode,
                planner(),
                () -> facts,
                new SyncSettings(minPeriod, period, checkPeriod, SHORT, SHORT),
                told);
    }

    private NodePlanner planner() {
        return new NodePlanner(L4Settings.forCluster(), mode.algorithms());
    }

    private void offer(String clusterIp) {
        loop.offer(services(clusterIp), System.nanoTime());
    }

    private void awaitSyncs(int count) {
        await().until(() -> told.syncs.size() >= count);
    }

    private static List<String> addresses(NodePlan plan) {
        return plan.services().values().stream()
                .map(VirtualService::clusterIp)
                .map(String::valueOf)
                .toList();
    }

    private static Services services(String clusterIp) {
        ServiceName name = new ServiceName("default", "web");
        return Services.of(
                Map.of(
                        name,
                        new Service(
                                name,
                                ServiceType.CLUSTER_IP,
                                List.of(clusterIp),
                                List.of(new ServicePort("http", Protocol.TCP, 80, "", 0, "")),
                                null,
                                null,
                                NodeTraffic.DEFAULT,
                                Map.of(),
                                Map.of(),
                                null)));
    }

    /** Remembers what it was told. */
    private static final class Told implements SyncListener {

        private final List<Sync> syncs = new CopyOnWriteArrayList<>();
        private final List<String> failures = new CopyOnWriteArrayList<>();
        private final List<Services> seenWhileFailing = new CopyOnWriteArrayList<>();
        private final AtomicInteger repairs = new AtomicInteger();
        private volatile boolean throwsFaults;

        @Override
        public void applied(Sync sync) {
            syncs.add(sync);
            if (throwsFaults) {
                throw new IllegalStateException("a fault of the listener");
            }
        }

        @Override
        public void failed(Services services, NodeFacts node, String reason, long nanos) {
            failures.add(reason);
            seenWhileFailing.add(services);
        }

        @Override
        public void repairing() {
            repairs.incrementAndGet();
        }
    }
}
