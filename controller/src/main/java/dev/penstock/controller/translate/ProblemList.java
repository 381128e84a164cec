package dev.penstock.controller.translate;

import dev.penstock.controller.state.ObjectMeta;
import dev.penstock.model.Problem;
import dev.penstock.model.ProblemReason;
import java.util.ArrayList;
import java.util.List;

/** Gathers the problems of one object. */
final class ProblemList {

    private final ObjectMeta meta;
    private final List<Problem> problems = new ArrayList<>(0);

    ProblemList(ObjectMeta meta) {
        this.meta = meta;
    }

    /**
     * Adds a problem.
     *
     * @param lineOffset lines between the object's first line and the field's
     */
    void add(
            String field,
            int lineOffset,
            ProblemReason reason,
            String message,
            String consequence) {
        problems.add(
                new Problem(
                        meta.ref(),
                        field,
                        reason,
                        message,
                        consequence,
                        meta.locationAt(lineOffset)));
    }

    void addAll(List<Problem> more) {
        problems.addAll(more);
    }

    List<Problem> list() {
        return List.copyOf(problems);
    }
}
