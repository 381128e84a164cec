package dev.penstock.controller.manifest;

import static java.util.Objects.requireNonNull;

import dev.penstock.controller.state.ClusterState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The files below a directory and what they hold. For one thread. */
final class ManifestTable {

    private final Path root;
    private final FileReader reader = new FileReader();
    private final ObjectIndex index = new ObjectIndex();
    private final SortedMap<Path, TrackedFile> files = new TreeMap<>();
    private final Set<TrackedFile> waiting = new HashSet<>();

    ManifestTable(Path root) {
        this.root = root;
    }

    /** Reads everything that was found. */
    void load(DirectoryScan scan) {
        List<TrackedFile> found = new ArrayList<>();
        scan.files().keySet().forEach(path -> found.add(tracked(path)));
        found.parallelStream()
                .forEach(file -> file.load(reader, requireNonNull(scan.files().get(file.path()))));
        found.forEach(file -> index.replace(file.name(), ParsedFile.EMPTY, file.content()));
    }

    /** All objects now. */
    ClusterState state() {
        return index.state();
    }

    /**
     * Looks at files that may have changed.
     *
     * @return when the oldest change that is newly in use was first seen, by {@link
     *     System#nanoTime}; {@link Long#MAX_VALUE} when nothing new is in use
     */
    long check(Iterable<Path> touched) {
        long oldest = Long.MAX_VALUE;
        for (Path path : touched) {
            oldest = Math.min(oldest, check(tracked(path)));
        }
        return oldest;
    }

    /** Looks at the files whose newer versions were not finished before. */
    long checkDue() {
        long oldest = Long.MAX_VALUE;
        long now = System.nanoTime();
        for (TrackedFile file : List.copyOf(waiting)) {
            if (file.dueNanos() - now <= 0) {
                oldest = Math.min(oldest, check(file));
            }
        }
        return oldest;
    }

    /** The files below a folder that a new scan of it shows to be different or gone. */
    List<Path> changed(Path folder, DirectoryScan scan) {
        List<Path> changed = new ArrayList<>();
        scan.files()
                .forEach((path, stamp) -> {
                    TrackedFile file = files.get(path);
                    if (file == null || file.differs(stamp)) {
                        changed.add(path);
                    }
                });
        for (Map.Entry<Path, TrackedFile> entry : files.tailMap(folder).entrySet()) {
            if (!entry.getKey().startsWith(folder)) {
                break;
            }
            if (!scan.files().containsKey(entry.getKey())) {
                changed.add(entry.getKey());
            }
        }
        return changed;
    }

    /** How long until a file has to be looked at again; the given time at most. */
    long nanosUntilDue(long atMost) {
        long now = System.nanoTime();
        long least = atMost;
        for (TrackedFile file : waiting) {
            least = Math.min(least, Math.max(0, file.dueNanos() - now));
        }
        return least;
    }

    private long check(TrackedFile file) {
        long nowEpochNanos = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
        ParsedFile before = file.check(reader, System.nanoTime(), nowEpochNanos);
        if (file.dueNanos() == TrackedFile.NOT_DUE) {
            waiting.remove(file);
        } else {
            waiting.add(file);
        }
        if (file.isGone()) {
            files.remove(file.path());
        }
        if (before == null) {
            return Long.MAX_VALUE;
        }
        index.replace(file.name(), before, file.content());
        return file.firstSeenNanos();
    }

    private TrackedFile tracked(Path path) {
        return files.computeIfAbsent(
                path,
                _ -> new TrackedFile(root.relativize(path).toString().replace('\\', '/'), path));
    }
}
