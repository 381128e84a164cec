package dev.penstock.app.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.app.log.ProblemLog.Source;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.Problem;
import dev.penstock.model.ProblemReason;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProblemLogTest {

    @Test
    void whatOneSourceSaysLeavesWhatOthersSaid() {
        ProblemLog log = new ProblemLog();
        Problem ofObject = problem("a");
        Problem ofRules = problem("b");

        log.update(Source.OBJECTS, List.of(ofObject));
        log.update(Source.NODE_RULES, List.of(ofRules));
        assertThat(log.all()).containsExactly(ofObject, ofRules);

        log.update(Source.OBJECTS, List.of());
        assertThat(log.all()).containsExactly(ofRules);
    }

    private static Problem problem(String name) {
        return new Problem(
                new ObjectRef("Service", "default", name),
                "spec",
                ProblemReason.Conflict,
                "it is wrong",
                "",
                null);
    }
}
