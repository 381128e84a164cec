package dev.penstock.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.e2e.node.lab.Attempt;
import dev.penstock.e2e.node.lab.Host;
import dev.penstock.e2e.node.lab.Outcome;
import dev.penstock.e2e.node.lab.TcpSession;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Changes and restarts of the program while connections come and are open. */
abstract class RestartSuite extends NodeSuite {
    private static final int CHANGES = 100;

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong connected = new AtomicLong();

    @Test
    final void hundredEndpointChangesFailNoConnection() {
        TestService steady = web(lab().b1(), lab().b3());
        TestService changing = web(lab().b1(), lab().b3()).nodePort(nodeLab().nodePort());
        serve(steady, changing);
        underLoad(
                List.of(steady, changing),
                () -> {
                    for (int i = 0; i < CHANGES; i++) {
                        Host[] backends =
                                i % 2 == 0
                                        ? new Host[] {lab().b1(), lab().b2()}
                                        : new Host[] {lab().b3(), lab().b1()};
                        program().serveWithSentinel(3000 + i, steady, changing.to(backends));
                    }
                });
        assertThat(failures).isEmpty();
        assertThat(connected.get()).isGreaterThan(CHANGES);
    }

    @Test
    final void restartFailsNoConnectionAndLeavesOpenOnesAlone() throws IOException {
        TestService web = web(lab().b1(), lab().b3());
        serve(web);
        String address = web.clusterIps().getFirst();
        try (TcpSession inside = lab().pod().open(address, 80);
                TcpSession outside = lab().client().open(address, 80)) {
            underLoad(
                    List.of(web),
                    () -> {
                        program().stop();
                        program().start();
                    });
            if (mode().forwardsPackets()) {
                assertThat(failures).isEmpty();
                assertThat(inside.echo("after the restart")).isEqualTo("after the restart");
                assertThat(outside.echo("after the restart")).isEqualTo("after the restart");
            }
        }
        assertThat(connected.get()).isPositive();
        answers(lab().pod(), address, 80);
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
        if (!mode().forwardsPackets()) {
            return;
        }
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
