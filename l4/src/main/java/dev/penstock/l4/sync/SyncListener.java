package dev.penstock.l4.sync;

/** Told by a {@link SyncLoop} what it does, on the loop's thread, which waits for it. */
public interface SyncListener {

    /** The rules are as the plan says. */
    void applied(Sync sync);

    /**
     * The rules could not be brought to the plan; the last good ones stay and it is tried again.
     *
     * @param reason why, in one line
     * @param nanos how long the attempt took
     */
    void failed(String reason, long nanos);

    /** Somebody else removed or changed rules; they are made anew. */
    void repairing();
}
