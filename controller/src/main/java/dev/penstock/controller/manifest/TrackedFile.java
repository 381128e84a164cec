package dev.penstock.controller.manifest;

import dev.penstock.controller.state.KubernetesObject;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One file: the version that is in use, and a newer one that is waited for until it looks finished.
 * A writer may well be at work on a file when it is first seen changed: a version counts once it
 * has not changed for a moment, and one that is broken or lacks objects that were there once it has
 * not changed for a longer moment.
 */
final class TrackedFile {

    /** How long any version must have been unchanged. */
    static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(8);

    /** How long a version must have been unchanged that takes objects away. */
    static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(120);

    /**
     * How long a file that held objects must have been empty. An edit in place truncates the file
     * first, and a writer may be kept from its processor for long; nobody empties a file to delete
     * what is in it.
     */
    static final long EMPTIED_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** What {@link #dueNanos} says of a file with no version to wait for. */
    static final long NOT_DUE = Long.MAX_VALUE;

    private final String name;
    private final Path path;
    private Stamp applied = Stamp.MISSING;
    private ParsedFile content = ParsedFile.EMPTY;
    private @Nullable Stamp awaited;
    private long firstSeenNanos;
    private long awaitedSinceNanos;
    private long dueNanos = NOT_DUE;

    TrackedFile(String name, Path path) {
        this.name = name;
        this.path = path;
    }

    String name() {
        return name;
    }

    Path path() {
        return path;
    }

    /** What is in use. */
    ParsedFile content() {
        return content;
    }

    /** When to look at the file again, by {@link System#nanoTime}; {@link #NOT_DUE} for not. */
    long dueNanos() {
        return dueNanos;
    }

    /** When the change that was applied last was first seen. */
    long firstSeenNanos() {
        return firstSeenNanos;
    }

    boolean isGone() {
        return applied.isMissing() && dueNanos == NOT_DUE && content.parts().isEmpty();
    }

    /** Whether a stamp is of another version than the one in use. */
    boolean differs(Stamp stamp) {
        return !stamp.equals(applied);
    }

    /**
     * Takes the file as it is, without waiting: for the first read.
     *
     * @param stamp the file's, from before: if it has another one by now it is looked at again
     */
    void load(FileReader reader, Stamp stamp) {
        applied = stamp;
        content = reader.read(name, path, stamp.size(), content);
    }

    /**
     * Looks at the file.
     *
     * @param nowNanos the time by {@link System#nanoTime}
     * @param nowEpochNanos the same time by the clock that stamps files
     * @return what the file held before, when another version of it is in use now; else null
     */
    @Nullable ParsedFile check(FileReader reader, long nowNanos, long nowEpochNanos) {
        Stamp stamp = Stamp.of(path);
        if (stamp.equals(applied)) {
            awaited = null;
            dueNanos = NOT_DUE;
            return null;
        }
        if (!stamp.equals(awaited)) {
            if (awaited == null) {
                firstSeenNanos = nowNanos;
            }
            awaited = stamp;
            awaitedSinceNanos = nowNanos;
        }
        long unchanged = nowNanos - awaitedSinceNanos;
        long quiet =
                stamp.isMissing()
                        ? unchanged
                        : Math.max(unchanged, nowEpochNanos - stamp.modifiedNanos());
        if (quiet < QUIET_NANOS) {
            dueNanos = nowNanos + QUIET_NANOS - quiet;
            return null;
        }
        ParsedFile next =
                stamp.isMissing()
                        ? ParsedFile.EMPTY
                        : reader.read(name, path, stamp.size(), content);
        List<KubernetesObject> missing = next.missingFrom(content);
        boolean takesAway = next.isBroken() || !missing.isEmpty();
        long patience = stamp.isEmpty() ? EMPTIED_NANOS : PATIENCE_NANOS;
        if (takesAway && unchanged < patience) {
            dueNanos = awaitedSinceNanos + patience;
            return null;
        }
        if (!Stamp.of(path).equals(stamp)) {
            dueNanos = nowNanos + QUIET_NANOS;
            return null;
        }
        ParsedFile before = content;
        content = next.isBroken() ? next.retaining(missing) : next;
        applied = stamp;
        awaited = null;
        dueNanos = NOT_DUE;
        return before;
    }
}
