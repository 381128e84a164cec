package dev.penstock.app.source;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.SourceListener;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes states from a source and hands them to a target on one thread of its own. A state that
 * finds the thread idle is applied at once; of those that come meanwhile only the newest is.
 */
public final class Applier implements SourceListener, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Applier.class);

    /** Puts a state to work. Called on the applier's thread. */
    @FunctionalInterface
    public interface Target {

        /**
         * @param state all objects there are
         * @param seenNanos the {@link System#nanoTime()} at which the oldest change was noticed
         */
        void apply(ClusterState state, long seenNanos);
    }

    /** How often the last state is applied anew: certificates expire without any change. */
    private static final long REPEAT_MILLIS = TimeUnit.MINUTES.toMillis(10);

    private final Target target;
    private final Thread thread;

    // Guarded by this.
    private @Nullable ClusterState next;
    private long nextSeenNanos;
    private boolean closed;

    /** Makes an applier that does nothing before {@link #start}. */
    public Applier(Target target) {
        this.target = target;
        this.thread = Thread.ofPlatform().name("penstock-applier").daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    @Override
    public synchronized void changed(ClusterState state, long seenNanos) {
        if (next == null) {
            nextSeenNanos = seenNanos;
        }
        next = state;
        notifyAll();
    }

    /** Stops after what is being applied now. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        ClusterState last = null;
        try {
            while (true) {
                ClusterState state;
                long seenNanos;
                synchronized (this) {
                    if (next == null && !closed) {
                        wait(REPEAT_MILLIS);
                    }
                    if (closed) {
                        return;
                    }
                    state = next == null ? last : next;
                    seenNanos = next == null ? System.nanoTime() : nextSeenNanos;
                    next = null;
                }
                if (state != null) {
                    apply(state, seenNanos);
                    last = state;
                }
            }
        } catch (InterruptedException _) {
            // Nobody interrupts it but who wants it to end.
            Thread.currentThread().interrupt();
        }
    }

    private void apply(ClusterState state, long seenNanos) {
        try {
            target.apply(state, seenNanos);
        } catch (RuntimeException e) {
            // A fault of our own must not stop later changes; what was served goes on being served.
            log.error("A change could not be applied; the last configuration stays", e);
        }
    }
}
