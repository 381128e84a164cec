package dev.penstock.controller.manifest;

import static java.util.Objects.requireNonNull;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.ObjectSource;
import dev.penstock.controller.state.SourceListener;
import dev.penstock.controller.state.SourceUnavailableException;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of manifests: every {@code .yaml}, {@code .yml} and {@code .json} file in it and its
 * folders. Changes are noticed by events of the file system and, for file systems without events
 * and links that lead out of the directory, by looking at every file's time and size regularly.
 */
public final class ManifestSource implements ObjectSource {

    private static final Logger log = LoggerFactory.getLogger(ManifestSource.class);

    /** How often all files are looked at, unless that takes more than a 50th of the time. */
    private static final long RESCAN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int RESCAN_SHARE = 50;

    private final Path directory;
    private final ManifestTable table;
    private volatile boolean synced;
    private volatile boolean closed;
    private @Nullable Thread thread;

    // Owned by the source's thread.
    private long rescanAtNanos;

    /**
     * @param directory the directory; relative names of files in problems are below it
     */
    public ManifestSource(Path directory) {
        this.directory = requireNonNull(directory, "directory");
        table = new ManifestTable(directory);
    }

    @Override
    public void start(SourceListener listener) throws SourceUnavailableException {
        ManifestReader.requireDirectory(directory);
        Thread started =
                Thread.ofPlatform()
                        .daemon()
                        .name("penstock-manifests")
                        .unstarted(() -> run(listener));
        thread = started;
        started.start();
    }

    @Override
    public boolean isSynced() {
        return synced;
    }

    @Override
    public void close() {
        closed = true;
        Thread running = thread;
        if (running == null || running.equals(Thread.currentThread())) {
            return;
        }
        running.interrupt();
        try {
            running.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(SourceListener listener) {
        try (DirectoryWatch watch = new DirectoryWatch(directory.getFileSystem())) {
            long startNanos = System.nanoTime();
            DirectoryScan scan = DirectoryScan.of(directory);
            // Watches first: what changes while everything is read is seen as an event.
            watch.watch(scan.folders());
            table.load(scan);
            ClusterState last = table.state();
            synced = true;
            log.debug(
                    "read {} files in {} ms",
                    scan.files().size(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
            report(listener, last, startNanos);
            // At once: there may be new files since before there was a watch.
            rescanAtNanos = System.nanoTime();
            while (!closed) {
                last = follow(watch, listener, last);
            }
        } catch (InterruptedException | ClosedWatchServiceException _) {
            log.debug("stopped");
        } catch (IOException e) {
            log.error("no file events: {}; changes are not seen", e.toString());
        }
    }

    private static void report(SourceListener listener, ClusterState state, long seenNanos) {
        try {
            listener.changed(state, seenNanos);
        } catch (RuntimeException e) {
            // A bug of the listener must not end the watching: the next change may work.
            log.error("a change could not be applied", e);
        }
    }

    /** Waits for something to happen and deals with it. */
    @SuppressWarnings("ReferenceEquality") // an unchanged state is the same instance
    private ClusterState follow(DirectoryWatch watch, SourceListener listener, ClusterState last)
            throws InterruptedException {
        long untilRescan = Math.max(0, rescanAtNanos - System.nanoTime());
        DirectoryWatch.Touched touched = watch.await(table.nanosUntilDue(untilRescan));
        Set<Path> files = new HashSet<>(touched.files());
        touched.folders().forEach(folder -> rescan(folder, watch, files));
        if (rescanAtNanos - System.nanoTime() <= 0) {
            long start = System.nanoTime();
            rescan(directory, watch, files);
            long took = System.nanoTime() - start;
            rescanAtNanos = System.nanoTime() + Math.max(RESCAN_NANOS, RESCAN_SHARE * took);
        }
        long seenNanos = Math.min(table.check(files), table.checkDue());
        if (seenNanos == Long.MAX_VALUE) {
            return last;
        }
        ClusterState state = table.state();
        if (state != last) {
            report(listener, state, seenNanos);
        }
        return state;
    }

    /** Finds what changed below a folder, which may be gone, and watches what there is. */
    private void rescan(Path folder, DirectoryWatch watch, Set<Path> changed) {
        DirectoryScan scan = DirectoryScan.of(folder);
        Set<Path> there = new HashSet<>();
        scan.folders().forEach(found -> there.add(found.path()));
        for (Path known : watch.watchedBelow(folder)) {
            if (!there.contains(known)) {
                watch.forget(known);
            }
        }
        watch.watch(scan.folders());
        changed.addAll(table.changed(folder, scan));
    }
}
