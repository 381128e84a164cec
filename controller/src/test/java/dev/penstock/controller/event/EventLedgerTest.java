package dev.penstock.controller.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.ConfigMapObject;
import dev.penstock.controller.state.ObjectMeta;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.Problem;
import dev.penstock.model.ProblemReason;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventLedgerTest {

    private static final ObjectRef OBJECT = new ObjectRef("ConfigMap", "shop", "settings");
    private static final Problem PROBLEM = problem("is wrong");
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final EventLedger ledger = new EventLedger();

    @Test
    void aNewProblemIsDueOnce() {
        show(state("1"), 0, PROBLEM);

        assertThat(ledger.due(state("1"), List.of(PROBLEM), MINUTE)).isEmpty();
    }

    @Test
    void aProblemThatComesAndGoesIsNotDueAgainWithinTheHour() {
        show(state("1"), 0, PROBLEM);
        assertThat(ledger.due(state("1"), List.of(), MINUTE)).isEmpty();

        assertThat(ledger.due(state("1"), List.of(PROBLEM), 2 * MINUTE)).isEmpty();
    }

    @Test
    void aProblemThatStaysIsDueAgainBeforeItsEventIsForgotten() {
        show(state("1"), 0, PROBLEM);

        assertThat(ledger.due(state("1"), List.of(PROBLEM), 60 * MINUTE)).hasSize(1);
    }

    @Test
    void anotherProblemOfTheSameObjectIsDue() {
        show(state("1"), 0, PROBLEM);

        assertThat(ledger.due(state("1"), List.of(PROBLEM, problem("is worse")), MINUTE))
                .extracting(subject -> subject.problem().message())
                .containsExactly("is worse");
    }

    @Test
    void aNewObjectOfTheSameNameStartsAnew() {
        show(state("1"), 0, PROBLEM);

        assertThat(ledger.due(state("2"), List.of(PROBLEM), MINUTE)).hasSize(1);
    }

    @Test
    void aProblemOfAnObjectThatIsNotThereIsNeverDue() {
        assertThat(ledger.due(ClusterState.EMPTY, List.of(PROBLEM), 0)).isEmpty();
    }

    @Test
    void showingsAreCounted() {
        show(state("1"), 0, PROBLEM);
        show(state("1"), 60 * MINUTE, PROBLEM);

        assertThat(ledger.count(new EventLedger.Subject("1", PROBLEM))).isEqualTo(2);
    }

    @Test
    void theMemoryHasABound() {
        for (int i = 0; i <= EventLedger.MEMORY; i++) {
            show(state("1"), i, problem("number " + i));
        }

        assertThat(ledger.count(new EventLedger.Subject("1", problem("number 0")))).isZero();
        assertThat(ledger.count(new EventLedger.Subject("1", problem("number 1")))).isOne();
    }

    private void show(ClusterState state, long nanos, Problem... problems) {
        for (EventLedger.Subject due : ledger.due(state, List.of(problems), nanos)) {
            ledger.shown(due, nanos);
        }
    }

    private static ClusterState state(String uid) {
        ObjectMeta meta = new ObjectMeta(OBJECT, uid, null, Map.of(), null, 0);
        return ClusterState.EMPTY.with(new ConfigMapObject(meta, Map.of(), List.of()));
    }

    private static Problem problem(String message) {
        return new Problem(OBJECT, "data", ProblemReason.InvalidField, message, "ignored", null);
    }
}
