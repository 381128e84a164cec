package dev.penstock.controller.state;

/** Told by an {@link ObjectSource} of every change. */
@FunctionalInterface
public interface SourceListener {

    /**
     * The objects have changed. Called on the source's thread, which waits for it to return:
     * changes that come meanwhile are taken together in the next call.
     *
     * @param state all objects there are now
     * @param seenNanos the {@link System#nanoTime()} at which the source first noticed the oldest
     *     of the changes
     */
    void changed(ClusterState state, long seenNanos);
}
