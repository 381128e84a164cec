package dev.penstock.app.node;

import dev.penstock.model.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hears how a node's rules fare. */
@FunctionalInterface
interface NodeProxyListener {

    /**
     * The rules were brought up to date, or could not be and it is tried again. Called by the
     * thread that makes them.
     *
     * @param problems what is wrong with the Services; the same instance as before where nothing
     *     changed
     * @param failure why the rules could not be brought up to date, in one line; null if they were
     */
    void synced(List<Problem> problems, @Nullable String failure);
}
