package dev.penstock.app.log;

import dev.penstock.model.Problem;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows all problems there are, and logs each once when it comes up and once when it is gone. */
public final class ProblemLog {

    private static final Logger log = LoggerFactory.getLogger(ProblemLog.class);

    /** Who finds problems. */
    public enum Source {
        OBJECTS,
        ADDRESS_POOL,
        NODE_RULES
    }

    // Guarded by this.
    private final Map<Source, List<Problem>> bySource = new EnumMap<>(Source.class);
    private List<Problem> last = List.of();
    private Set<String> known = Set.of();

    /** Takes over all that a source finds wrong now. */
    @SuppressWarnings("ReferenceEquality") // the same instance, when nothing changed
    public synchronized void update(Source source, List<Problem> problems) {
        if (problems == bySource.put(source, problems)) {
            return;
        }
        List<Problem> all = new ArrayList<>();
        bySource.values().forEach(all::addAll);
        // By text and without a location: an object that only moved in its file has no new problem.
        Set<String> current = HashSet.newHashSet(all.size());
        for (Problem problem : all) {
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
        last = List.copyOf(all);
        known = current;
    }

    /** All problems there are now. */
    public synchronized List<Problem> all() {
        return last;
    }
}
