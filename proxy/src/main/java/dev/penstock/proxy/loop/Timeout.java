package dev.penstock.proxy.loop;

import org.jspecify.annotations.Nullable;

/**
 * Something that happens unless it is cancelled or put off in time. Its own entry in a {@link
 * TimeoutWheel}, so that starting and stopping one allocates nothing. Owned by one event loop.
 */
public abstract class Timeout {

    @Nullable TimeoutWheel wheel;
    @Nullable Timeout previous;
    @Nullable Timeout next;
    int slot;
    long deadlineTick;

    /**
     * Called on the event loop when the time is over. The timeout is not scheduled any more and may
     * be scheduled again.
     */
    protected abstract void expired();

    public final boolean isScheduled() {
        return wheel != null;
    }

    /** Takes the timeout out of its wheel, if it is in one. */
    public final void cancel() {
        if (wheel != null) {
            wheel.remove(this);
        }
    }
}
