package dev.penstock.app.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.Problem;
import dev.penstock.model.ProblemReason;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ApplierTest {

    private record Applied(ClusterState state, long seenNanos) {}

    private final BlockingQueue<Applied> applied = new LinkedBlockingQueue<>();

    @Test
    void appliesAtOnceWhenIdle() throws InterruptedException {
        try (Applier applier =
                new Applier((state, nanos) -> applied.add(new Applied(state, nanos)))) {
            applier.start();
            applier.changed(state(1), 7);
            assertThat(next()).isEqualTo(new Applied(state(1), 7));
        }
    }

    @Test
    void takesWhatComesMeanwhileTogether() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Applier applier =
                new Applier((state, nanos) -> {
                    begun.countDown();
                    await(goOn);
                    applied.add(new Applied(state, nanos));
                })) {
            applier.start();
            applier.changed(state(1), 1);
            await(begun);
            applier.changed(state(2), 2);
            applier.changed(state(3), 3);
            goOn.countDown();
            assertThat(next()).isEqualTo(new Applied(state(1), 1));
            // The newest state, and the time of the oldest change in it.
            assertThat(next()).isEqualTo(new Applied(state(3), 2));
        }
        assertThat(applied).isEmpty();
    }

    @Test
    void goesOnAfterAFault() throws InterruptedException {
        CountDownLatch failed = new CountDownLatch(1);
        try (Applier applier =
                new Applier((state, nanos) -> {
                    if (nanos == 1) {
                        failed.countDown();
                        throw new IllegalStateException("a fault");
                    }
                    applied.add(new Applied(state, nanos));
                })) {
            applier.start();
            applier.changed(state(1), 1);
            await(failed);
            applier.changed(state(2), 2);
            assertThat(next()).isEqualTo(new Applied(state(2), 2));
        }
    }

    private @Nullable Applied next() throws InterruptedException {
        return applied.poll(5, TimeUnit.SECONDS);
    }

    private static ClusterState state(int number) {
        return ClusterState.EMPTY
                .change()
                .sourceProblems(
                        List.of(
                                new Problem(
                                        new ObjectRef("File", "", "f" + number),
                                        "",
                                        ProblemReason.Unreadable,
                                        "unreadable",
                                        "",
                                        null)))
                .build();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(5, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
