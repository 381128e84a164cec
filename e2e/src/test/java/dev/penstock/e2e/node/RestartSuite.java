package dev.penstock.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.e2e.node.lab.Attempt;
import dev.penstock.e2e.node.lab.Host;
import dev.penstock.e2e.node.lab.Outcome;
import dev.penstock.e2e.node.lab.TcpSession;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Changes and restarts of the program while connections come and are open. */
abstract class RestartSuite extends NodeSuite {
    private static final int CHANGES = 100;

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong connected = new AtomicLong();

    @Test
    final void hundredEndpointChangesAndARestartFailNoConnectionAndLeaveOpenOnesAlone()
            throws IOException {
        TestService steady = web(lab().b1(), lab().b3());
        TestService changing = web(lab().b1(), lab().b3()).nodePort(nodeLab().nodePort());
        serve(steady, changing);
        List<TcpSession> open = new ArrayList<>();
        try {
            for (TestService each : List.of(steady, changing)) {
                for (String address : each.clusterIps()) {
                    open.add(lab().pod().open(address, 80));
                    open.add(lab().client().open(address, 80));
                }
            }
            underLoad(List.of(steady, changing), () -> change(steady, changing));
            assertThat(failures).isEmpty();
            assertThat(connected.get()).isGreaterThan(CHANGES);
            for (TcpSession session : open) {
                assertThat(session.echo("still there")).isEqualTo("still there");
                session.resetAtEnd();
            }
        } finally {
            open.forEach(TcpSession::close);
        }
    }

    private void change(TestService steady, TestService changing) {
        for (int i = 0; i < CHANGES; i++) {
            if (i == CHANGES / 2 && mode().forwardsPackets()) {
                program().stop();
                program().start();
            }
            Host[] backends =
                    i % 2 == 0
                            ? new Host[] {lab().b1(), lab().b2()}
                            : new Host[] {lab().b3(), lab().b1()};
            program().serveWithSentinel(3000 + i, steady, changing.to(backends));
        }
    }

    @Test
    final void connectionsEndWithTheProgramAndServicesAreBackWithIt() throws IOException {
        assumeTrue(!mode().forwardsPackets(), "rules go on without the program in " + mode());
        TestService web = web(lab().b1(), lab().b3());
        serve(web);
        for (String address : web.clusterIps()) {
            try (TcpSession inside = lab().pod().open(address, 80);
                    TcpSession outside = lab().client().open(address, 80)) {
                program().stop();
                assertThat(inside.channel().socket().getInputStream().read()).isEqualTo(-1);
                assertThat(outside.channel().socket().getInputStream().read()).isEqualTo(-1);
            }
            notServed(lab().client(), address, 80);
            program().start();
            answers(lab().pod(), address, 80);
            answers(lab().client(), address, 80);
        }
    }

    @Test
    final void rulesServeWhileTheProgramIsDown() {
        TestService web = web(lab().b1(), lab().b3());
        serve(web);
        program().stop();
        for (String address : web.clusterIps()) {
            if (mode().forwardsPackets()) {
                assertThat(reached(lab().client(), address, 80)).containsExactly("b1", "b3");
            } else {
                notServed(lab().client(), address, 80);
            }
        }
    }

    @Test
    final void startWithUnchangedServicesChangesNoRule() {
        assumeTrue(mode().forwardsPackets(), "the rules of userspace mode end with the program");
        TestService web =
                web(lab().b1(), lab().b3())
                        .nodePort(nodeLab().nodePort())
                        .loadBalancer(nodeLab().externalIps().getFirst())
                        .affinity(10_800);
        serve(web);
        answers(lab().client(), web.clusterIps().getFirst(), 80);
        NodeRules before = NodeRules.of(lab().node1());
        program().stop();
        assertThat(NodeRules.of(lab().node1())).isEqualTo(before);
        program().start();
        assertThat(NodeRules.of(lab().node1())).isEqualTo(before);
    }

    @Test
    final void whatChangedWhileTheProgramWasDownIsMadeUpForAtItsStart() {
        TestService kept = web(lab().b1());
        TestService removed = web(lab().b1());
        serve(kept, removed);
        program().stop();
        TestService added = web(lab().b3());
        program().write(kept.to(lab().b3()), added);
        program().start();
        for (int family = 0; family < 2; family++) {
            assertThat(reached(lab().pod(), kept.clusterIps().get(family), 80))
                    .containsExactly("b3");
            answers(lab().pod(), added.clusterIps().get(family), 80);
            notServed(lab().pod(), removed.clusterIps().get(family), 80);
        }
    }

    @Test
    @Order(LAST)
    @NodeFlags({"--sync-period", "1s"})
    final void changeThatFailsLeavesTheFormerRulesIsNamedAndIsMadeUpForLater() throws IOException {
        assumeTrue(mode() != NodeMode.IPVS, "it makes its changes by no program");
        TestService web = web(lab().b1());
        serve(web);
        program().stop();
        program().startWith(nodeLab().withFailingPrograms());
        awaitThat(() -> health() == 200);
        TestService next = web(lab().b3());
        Files.createFile(nodeLab().failure());
        try {
            program().write(web.to(lab().b3()), next);
            awaitThat(() -> hasPrinted("failed on purpose"));
            awaitThat(() -> health() == 503);
            // The sockets of userspace mode need no rule to go elsewhere.
            String server = mode().forwardsPackets() ? "b1" : "b3";
            for (int family = 0; family < 2; family++) {
                assertThat(reached(lab().pod(), web.clusterIps().get(family), 80))
                        .containsExactly(server);
                notServed(lab().pod(), next.clusterIps().get(family), 80);
            }
            Files.delete(nodeLab().failure());
            for (String address : next.clusterIps()) {
                awaitThat(() -> isServed(address));
            }
            for (String address : web.clusterIps()) {
                assertThat(reached(lab().pod(), address, 80)).containsExactly("b3");
            }
            awaitThat(() -> health() == 200);
        } finally {
            Files.deleteIfExists(nodeLab().failure());
            program().stop();
        }
    }

    private static void awaitThat(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(30)).until(condition);
    }

    private int health() {
        return HttpAnswer.get(lab().node1(), "127.0.0.1", NodeProgram.HEALTH_PORT, "/healthz")
                .status();
    }

    @Test
    final void restartResetsNoCounter() {
        assumeTrue(mode().forwardsPackets(), "the rules of userspace mode end with the program");
        TestService web = web(lab().b1(), lab().b3());
        serve(web);
        for (String address : web.clusterIps()) {
            reached(lab().pod(), address, 80);
        }
        try (TcpSession open = lab().pod().open(web.clusterIps().getFirst(), 80)) {
            assertThat(open.peer().server()).isIn("b1", "b3");
            RuleCounters before = RuleCounters.of(lab().node1(), mode());
            assertThat(before.counts()).isNotEmpty();
            assertThat(before.counts().values()).anyMatch(count -> count > 0);

            program().stop();
            program().start();

            // What has to see whether it serves adds to them.
            RuleCounters after = RuleCounters.of(lab().node1(), mode());
            assertThat(after.counts().keySet()).isEqualTo(before.counts().keySet());
            before.counts()
                    .forEach((rule, count) ->
                            assertThat(after.counts().get(rule))
                                    .as(rule)
                                    .isGreaterThanOrEqualTo(count));
        }
    }

    private boolean isServed(String address) {
        return lab().pod().tcpBriefly(address, 80).outcome() == Outcome.ANSWERED;
    }

    private boolean hasPrinted(String text) {
        return program().process().output().stream().anyMatch(line -> line.contains(text));
    }

    @Test
    final void changeThatTheKernelRefusesFailsNoConnectionAndIsMadeUpFor() {
        assumeTrue(mode() == NodeMode.NFTABLES, "needs a map that another program can write to");
        TestService web = web(lab().b1(), lab().b3());
        TestService next = web(lab().b3());
        serve(web);
        underLoad(
                List.of(web),
                () -> {
                    // The same key with another value: the kernel takes nothing of the change.
                    lab().node1()
                            .network()
                            .run(
                                    "nft",
                                    "add element ip penstock services { %s . tcp . 80 : drop }"
                                            .formatted(next.clusterIps().getFirst()));
                    serve(web, next);
                });
        assertThat(failures).isEmpty();
        await().atMost(Duration.ofSeconds(30)).until(() -> isServed(next.clusterIps().getFirst()));
    }

    /** Does something while a pod and a client outside connect all the time. */
    private void underLoad(List<TestService> services, Runnable change) {
        AtomicBoolean done = new AtomicBoolean();
        List<Thread> clients = new ArrayList<>();
        for (Host from : List.of(lab().pod(), lab().client())) {
            for (TestService service : services) {
                for (String address : service.clusterIps()) {
                    clients.add(
                            Thread.ofVirtual()
                                    .start(() -> {
                                        while (!done.get()) {
                                            connect(from, address);
                                        }
                                    }));
                }
            }
        }
        try {
            change.run();
        } finally {
            done.set(true);
            clients.forEach(RestartSuite::join);
        }
    }

    private void connect(Host from, String address) {
        Attempt attempt = from.tcp(address, 80);
        if (attempt.outcome() == Outcome.ANSWERED) {
            connected.incrementAndGet();
        } else {
            failures.add(from + " to " + address + ": " + attempt);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
