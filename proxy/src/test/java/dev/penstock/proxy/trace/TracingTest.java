package dev.penstock.proxy.trace;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is recorded, and how it gets to the sink. */
class TracingTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Takes all spans, or none, once it is let. */
    private static final class Sink implements SpanSink {
        private final List<RequestSpan> taken = new CopyOnWriteArrayList<>();
        private final CountDownLatch open = new CountDownLatch(1);
        private final CountDownLatch closed = new CountDownLatch(1);
        private volatile boolean refuses;

        Sink let() {
            open.countDown();
            return this;
        }

        @Override
        public boolean export(List<RequestSpan> spans) {
            try {
                open.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (!refuses) {
                taken.addAll(spans);
            }
            return !refuses;
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    private static Tracing tracing(Sink sink, double ratio) {
        return Tracing.start(
                new TracingSettings(sink, ratio, true, true, Duration.ofMillis(20)), 1);
    }

    private static RequestTrace begin(Tracing tracing) {
        return requireNonNull(tracing.loop(0).begin(new MessageHead(), null, null), "trace");
    }

    private static void end(RequestTrace trace) {
        trace.ended(
                new RequestSpan(
                        trace.identity(System.nanoTime()),
                        new RequestSpan.Request("GET", false, "", "/", "", "", "", ""),
                        null,
                        null,
                        null,
                        200,
                        null,
                        0,
                        0,
                        1,
                        List.of()));
    }

    @Test
    void theRatioSaysWhichTracesAreRecorded() {
        for (double ratio : new double[] {0, 0.25, 1}) {
            try (Tracing tracing = tracing(new Sink().let(), ratio)) {
                int sampled = 0;
                for (int i = 0; i < 20_000; i++) {
                    RequestTrace trace = begin(tracing);
                    sampled += trace.isSampled() ? 1 : 0;
                }
                assertThat(sampled / 20_000.0).isBetween(ratio - 0.03, ratio + 0.03);
            }
        }
    }

    @Test
    void aTraceThatIsNotRecordedTellsSo() {
        try (Tracing tracing = tracing(new Sink().let(), 0)) {
            MessageHead head = new MessageHead();
            tracing.loop(0).begin(head, null, null);
            assertThat(head.value(HeaderName.TRACEPARENT))
                    .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00");
        }
    }

    @Test
    void spansArriveAndWhatWaitsAtTheEndDoesToo() throws InterruptedException {
        Sink sink = new Sink().let();
        try (Tracing tracing = tracing(sink, 1)) {
            for (int i = 0; i < 700; i++) {
                end(begin(tracing));
            }
            await().atMost(LIMIT).until(() -> sink.taken.size() == 700);
            await().atMost(LIMIT).until(() -> tracing.exportedSpans() == 700);
            end(begin(tracing));
        }
        assertThat(sink.taken).hasSize(701);
        assertThat(sink.closed.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aSlowCollectorHoldsUpNobodyAndWhatIsLostIsCounted() {
        Sink sink = new Sink();
        int count = 10_000;
        try (Tracing tracing = tracing(sink, 1)) {
            for (int i = 0; i < count; i++) {
                end(begin(tracing));
            }
            assertThat(tracing.droppedSpans()).isBetween(count - 2048 - 512L, count - 2048L);
            sink.let();
            await().atMost(LIMIT)
                    .until(() -> tracing.exportedSpans() + tracing.droppedSpans() == count);
            assertThat(sink.taken).hasSize((int) tracing.exportedSpans());
        }
    }

    @Test
    void whatACollectorRefusesIsCounted() {
        Sink sink = new Sink().let();
        sink.refuses = true;
        try (Tracing tracing = tracing(sink, 1)) {
            end(begin(tracing));
            await().atMost(LIMIT).until(() -> tracing.droppedSpans() == 1);
            sink.refuses = false;
            end(begin(tracing));
            await().atMost(LIMIT).until(() -> tracing.exportedSpans() == 1);
        }
    }

    @Test
    void idsAreNeverTheSame() {
        try (Tracing tracing = tracing(new Sink().let(), 1)) {
            List<Long> ids = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                RequestTrace trace = begin(tracing);
                ids.add(trace.span());
                ids.add(trace.low());
            }
            assertThat(ids).doesNotHaveDuplicates().doesNotContain(0L);
        }
    }
}
