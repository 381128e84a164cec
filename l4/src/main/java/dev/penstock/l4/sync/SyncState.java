package dev.penstock.l4.sync;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a {@link SyncLoop} is, at one moment.
 *
 * @param lastQueued when the last change came; null before the first
 * @param lastApplied when the rules were last known to be as wanted; null before the first time
 * @param pendingSinceNanos the {@link System#nanoTime()} at which the oldest change came that is
 *     not in force, or at which rules could first not be made anew that somebody else had changed;
 *     null where the rules are as wanted
 */
public record SyncState(
        @Nullable Instant lastQueued,
        @Nullable Instant lastApplied,
        @Nullable Long pendingSinceNanos) {

    static final SyncState START = new SyncState(null, null, null);

    SyncState queued(Instant now, long nowNanos) {
        return new SyncState(
                now, lastApplied, pendingSinceNanos == null ? nowNanos : pendingSinceNanos);
    }

    SyncState failed(long nowNanos) {
        return pendingSinceNanos != null ? this : new SyncState(lastQueued, lastApplied, nowNanos);
    }

    SyncState applied(Instant now, @Nullable Long stillPendingSinceNanos) {
        return new SyncState(lastQueued, now, stillPendingSinceNanos);
    }
}
