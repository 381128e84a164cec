package dev.penstock.controller.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.penstock.controller.leader.LeaderWriter.Write;
import dev.penstock.model.ObjectRef;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects that should have values, and a writer that sends them to where they are. */
class LeaderWriterTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** So long that it does not end during a test. */
    private static final Duration LONG_PAUSE = Duration.ofMinutes(5);

    private static final Duration SHORT_PAUSE = Duration.ofMillis(200);

    /** What the objects should say, by name, in this order. */
    private final Map<String, String> wanted = new TreeMap<>();

    /** What they say. */
    private final Map<String, String> present = new ConcurrentHashMap<>();

    /** Every request for an object, in order. */
    private final List<String> requests = new CopyOnWriteArrayList<>();

    /** The answer to requests for an object in place of writing. */
    private final Map<String, Integer> refusals = new ConcurrentHashMap<>();

    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger questions = new AtomicInteger();
    private volatile boolean leader = true;
    private volatile String lastBeforeDefeat = "";
    private LeaderWriter writer = writer(LONG_PAUSE);

    @AfterEach
    void close() {
        writer.close();
    }

    private LeaderWriter writer(Duration pause) {
        return new LeaderWriter(
                "test",
                () -> {
                    questions.incrementAndGet();
                    return leader;
                },
                pause,
                this::due);
    }

    private synchronized List<Write> due() {
        looks.incrementAndGet();
        List<Write> due = new ArrayList<>();
        wanted.forEach((name, value) -> {
            if (!value.equals(present.get(name))) {
                ObjectRef object = new ObjectRef("Ingress", "default", name);
                due.add(new Write(object, List.of(value), () -> send(name, value)));
            }
        });
        return due;
    }

    private boolean send(String name, String value) {
        requests.add(name + "=" + value);
        int refusal = refusals.getOrDefault(name, 0);
        if (refusal != 0) {
            throw new KubernetesClientException("refused", refusal, null);
        }
        present.put(name, value);
        if (name.equals(lastBeforeDefeat)) {
            leader = false;
        }
        return true;
    }

    private synchronized void want(String name, String value) {
        wanted.put(name, value);
    }

    /** Tells the writer, and waits until it has looked at everything. */
    private void lookAgain() {
        int before = looks.get();
        writer.changed();
        await().atMost(LIMIT).until(() -> looks.get() > before);
        // The next look begins when this one has ended.
        writer.changed();
        await().atMost(LIMIT).until(() -> looks.get() > before + 1);
    }

    @Test
    void writesWhatIsDueAndNothingElse() {
        want("a", "1");
        want("b", "1");
        present.put("b", "1");
        writer.start();

        writer.changed();

        await().atMost(LIMIT).until(() -> "1".equals(present.get("a")));
        lookAgain();
        assertThat(requests).containsExactly("a=1");
    }

    @Test
    void writesNothingUntilThisInstanceIsTheLeader() {
        leader = false;
        want("a", "1");
        writer.start();
        writer.changed();
        await().atMost(LIMIT).until(() -> questions.get() > 0);
        assertThat(looks).hasValue(0);

        leader = true;
        writer.changed();

        await().atMost(LIMIT).until(() -> "1".equals(present.get("a")));
    }

    @Test
    void writesNoMoreOnceAnotherInstanceIsTheLeader() {
        want("a", "1");
        want("b", "1");
        want("c", "1");
        lastBeforeDefeat = "b";
        writer.start();

        writer.changed();

        await().atMost(LIMIT).until(() -> present.containsKey("b"));
        int before = questions.get();
        writer.changed();
        await().atMost(LIMIT).until(() -> questions.get() > before);
        assertThat(requests).containsExactly("a=1", "b=1");
    }

    @Test
    void doesNotFightForAValueButWritesAnotherAtOnce() {
        want("a", "1");
        writer.start();
        writer.changed();
        await().atMost(LIMIT).until(() -> present.containsKey("a"));

        present.put("a", "somebody else's");
        lookAgain();
        assertThat(requests).containsExactly("a=1");

        want("a", "2");
        writer.changed();
        await().atMost(LIMIT).until(() -> "2".equals(present.get("a")));
        assertThat(requests).containsExactly("a=1", "a=2");
    }

    @Test
    void writesTheSameValueAgainAfterAPauseWithoutBeingTold() {
        writer = writer(SHORT_PAUSE);
        want("a", "1");
        writer.start();
        await().atMost(LIMIT).until(() -> present.containsKey("a"));

        present.put("a", "somebody else's");

        await().atMost(LIMIT).until(() -> "1".equals(present.get("a")));
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 409})
    void whatHasGoneOrChangedIsTriedAtTheNextLookAndHoldsUpNothing(int code) {
        want("a", "1");
        want("b", "1");
        refusals.put("a", code);
        writer.start();
        writer.changed();
        await().atMost(LIMIT).until(() -> present.containsKey("b"));

        refusals.clear();
        writer.changed();

        await().atMost(LIMIT).until(() -> present.containsKey("a"));
    }

    @Test
    void whatIsRefusedForItselfHoldsUpNothingAndIsTriedAgainAfterThePause() {
        want("a", "1");
        want("b", "1");
        refusals.put("a", 422);
        writer.start();
        writer.changed();
        await().atMost(LIMIT).until(() -> present.containsKey("b"));

        refusals.clear();
        lookAgain();

        assertThat(requests).containsExactly("a=1", "b=1");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 429, 500, 503})
    void whatConcernsAllRequestsEndsTheRoundAndIsTriedAgain(int code) {
        want("a", "1");
        want("b", "1");
        refusals.put("a", code);
        writer.start();
        lookAgain();
        assertThat(requests).isNotEmpty().containsOnly("a=1");

        refusals.clear();
        writer.changed();

        await().atMost(LIMIT).until(() -> present.containsKey("a") && present.containsKey("b"));
    }

    @Test
    void writesNothingAfterItWasClosed() {
        writer.start();
        writer.close();
        want("a", "1");

        writer.changed();

        // Another writer has done its work by the time this one would have.
        try (LeaderWriter other = writer(LONG_PAUSE)) {
            writer.close();
            other.start();
            other.changed();
            await().atMost(LIMIT).until(() -> present.containsKey("a"));
        }
        assertThat(requests).containsExactly("a=1");
    }
}
