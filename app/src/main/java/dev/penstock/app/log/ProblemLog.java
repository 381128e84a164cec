package dev.penstock.app.log;

import dev.penstock.model.Problem;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs each problem once when it comes up and once when it is gone. One thread. */
public final class ProblemLog {

    private static final Logger log = LoggerFactory.getLogger(ProblemLog.class);

    private List<Problem> last = List.of();
    private Set<String> known = Set.of();

    @SuppressWarnings("ReferenceEquality") // the same instance, when nothing changed
    public void update(List<Problem> problems) {
        if (problems == last) {
            return;
        }
        // By text and without a location: an object that only moved in its file has no new problem.
        Set<String> current = HashSet.newHashSet(problems.size());
        for (Problem problem : problems) {
            if (current.add(problem.summary()) && !known.contains(problem.summary())) {
                String at = problem.location() == null ? "" : problem.location() + ": ";
                log.warn("Problem: {}{} ({})", at, problem.summary(), problem.reason());
            }
        }
        for (Problem problem : last) {
            if (!current.contains(problem.summary())) {
                log.info("Problem gone: {}", problem.summary());
            }
        }
        last = problems;
        known = current;
    }
}
