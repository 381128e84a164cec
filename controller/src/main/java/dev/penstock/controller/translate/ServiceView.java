package dev.penstock.controller.translate;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.model.Problem;
import dev.penstock.model.service.Services;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Services of a state and nothing else, for whoever has no use for Ingresses. As with {@link
 * Translator}, what did not change is the same instance as before. One thread.
 */
public final class ServiceView {

    private final ServiceTable services;
    private final ObjectProblems objectProblems = new ObjectProblems();
    private ClusterState last = ClusterState.EMPTY;
    private List<Problem> problems = List.of();

    /**
     * @param nodeName the Node that Services are seen from; null where unknown
     */
    public ServiceView(@Nullable String nodeName) {
        this.services = new ServiceTable(nodeName);
    }

    /** The Services of a state with their endpoints. */
    public Services update(ClusterState state) {
        boolean changed = objectProblems.update(last.services(), state.services());
        changed |= objectProblems.update(last.slices(), state.slices());
        changed |= !state.sourceProblems().equals(last.sourceProblems());
        if (changed) {
            List<Problem> all = new ArrayList<>(state.sourceProblems());
            objectProblems.addTo(all);
            problems = List.copyOf(all);
        }
        Services result = services.update(last, state);
        last = state;
        return result;
    }

    /** What was wrong with the Services, their slices and the source. */
    public List<Problem> problems() {
        return problems;
    }
}
