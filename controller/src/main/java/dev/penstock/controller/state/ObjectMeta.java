package dev.penstock.controller.state;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.ObjectRef;
import dev.penstock.model.SourceLocation;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What all objects have in common. The resource version is left out on purpose: a change of an
 * object's status or of a field that nobody here reads must not make the object look changed.
 *
 * @param ref kind, namespace and name
 * @param uid the API server's identifier; empty in manifests
 * @param created when the object was made; null where unknown, as in most manifests
 * @param annotations those that Penstock reads, by full name
 * @param location the file and the object's first line; null for an object of an API server
 * @param ordinal the object's position in its file, counted from 0; 0 for an object of an API
 *     server
 */
public record ObjectMeta(
        ObjectRef ref,
        String uid,
        @Nullable Instant created,
        Map<String, String> annotations,
        @Nullable SourceLocation location,
        int ordinal) {

    /**
     * The order in which objects that claim the same thing win: by age, then by the place in the
     * manifests, then by name. Objects of unknown age come last.
     */
    public static final Comparator<ObjectMeta> OLDEST_FIRST = ObjectMeta::compareAge;

    public ObjectMeta {
        requireNonNull(ref, "ref");
        requireNonNull(uid, "uid");
        annotations = Map.copyOf(annotations);
    }

    /** The place of a field of the object; null for an object of an API server. */
    public @Nullable SourceLocation locationAt(int lineOffset) {
        return location == null || lineOffset == 0
                ? location
                : new SourceLocation(location.file(), location.line() + lineOffset);
    }

    /** The same object at another place. */
    public ObjectMeta movedTo(@Nullable SourceLocation newLocation, int newOrdinal) {
        return new ObjectMeta(ref, uid, created, annotations, newLocation, newOrdinal);
    }

    private static int compareAge(ObjectMeta a, ObjectMeta b) {
        int byTime = compareNullsLast(a.created, b.created);
        if (byTime != 0) {
            return byTime;
        }
        int byFile =
                compareNullsLast(
                        a.location == null ? null : a.location.file(),
                        b.location == null ? null : b.location.file());
        if (byFile != 0) {
            return byFile;
        }
        int byPlace = Integer.compare(a.ordinal, b.ordinal);
        return byPlace != 0 ? byPlace : a.ref.compareTo(b.ref);
    }

    private static <T extends Comparable<T>> int compareNullsLast(@Nullable T a, @Nullable T b) {
        if (a == null) {
            return b == null ? 0 : 1;
        }
        return b == null ? -1 : a.compareTo(b);
    }
}
