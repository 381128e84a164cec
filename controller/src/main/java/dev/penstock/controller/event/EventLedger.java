package dev.penstock.controller.event;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.KubernetesObject;
import dev.penstock.model.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which problems have been shown and when: a problem is due when it is new, and again each time its
 * Event would be about to expire while it persists. One that comes and goes is not shown more often
 * than that. For one thread.
 */
final class EventLedger {

    /** How long an API server keeps an Event, unless set otherwise. */
    static final Duration REPEAT = Duration.ofHours(1);

    /** Problems that are remembered; the longest known are forgotten first. */
    static final int MEMORY = 10_000;

    private final Map<Subject, Shown> shown =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Subject, Shown> eldest) {
                    return size() > MEMORY;
                }
            };

    /**
     * A problem of one incarnation of an object.
     *
     * @param uid the object's identifier
     * @param problem what is wrong with it
     */
    record Subject(String uid, Problem problem) {}

    /** When a problem was shown last, and how many times in all. */
    private record Shown(long nanos, int count) {}

    /** The problems to show now, of objects that are there to show them on. */
    List<Subject> due(ClusterState state, List<Problem> problems, long nowNanos) {
        List<Subject> due = new ArrayList<>();
        for (Problem problem : problems) {
            KubernetesObject object = state.object(problem.object());
            if (object == null || object.meta().uid().isEmpty()) {
                continue;
            }
            Subject subject = new Subject(object.meta().uid(), problem);
            Shown last = shown.get(subject);
            if (last == null || nowNanos - last.nanos() >= REPEAT.toNanos()) {
                due.add(subject);
            }
        }
        return due;
    }

    /** How many times a problem was shown by this instance. */
    int count(Subject subject) {
        @Nullable Shown last = shown.get(subject);
        return last == null ? 0 : last.count();
    }

    /** Notes that a problem was shown. */
    void shown(Subject subject, long nowNanos) {
        int count = count(subject);
        // Taken out first, so that the order is that of showing.
        shown.remove(subject);
        shown.put(subject, new Shown(nowNanos, count + 1));
    }
}
