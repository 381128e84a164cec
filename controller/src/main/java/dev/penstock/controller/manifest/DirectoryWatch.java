package dev.penstock.controller.manifest;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events of the file system from a set of folders, boiled down to what has to be looked at again.
 * Where the system gives no more watches the folder goes without, and its changes are found by the
 * regular rescan. For one thread, but for {@link #close}.
 */
final class DirectoryWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DirectoryWatch.class);

    private final WatchService service;
    private final Map<Path, Watched> folders = new HashMap<>();
    private final Map<WatchKey, List<Path>> paths = new HashMap<>();
    private boolean warned;

    /**
     * A folder under watch.
     *
     * @param fileKey the folder a path led to when the watch was set; a link may lead elsewhere now
     */
    private record Watched(@Nullable Object fileKey, WatchKey key) {}

    /**
     * What has to be looked at again.
     *
     * @param files manifests that were made, written or removed
     * @param folders folders below which anything may have changed
     */
    record Touched(Set<Path> files, Set<Path> folders) {
        boolean isEmpty() {
            return files.isEmpty() && folders.isEmpty();
        }
    }

    DirectoryWatch(FileSystem fileSystem) throws IOException {
        service = fileSystem.newWatchService();
    }

    /** Watches folders; does nothing about those that are watched already. */
    void watch(Collection<DirectoryScan.Folder> found) {
        for (DirectoryScan.Folder folder : found) {
            Watched known = folders.get(folder.path());
            boolean same =
                    known != null
                            && known.key.isValid()
                            && Objects.equals(known.fileKey, folder.key());
            if (!same) {
                forget(folder.path());
                register(folder);
            }
        }
    }

    /** Stops watching a folder. */
    void forget(Path folder) {
        Watched known = folders.remove(folder);
        if (known == null) {
            return;
        }
        List<Path> sharing = paths.get(known.key);
        if (sharing != null && sharing.remove(folder) && sharing.isEmpty()) {
            paths.remove(known.key);
            known.key.cancel();
        }
    }

    /** The folders under watch at or below a folder. */
    List<Path> watchedBelow(Path folder) {
        List<Path> below = new ArrayList<>();
        for (Path path : folders.keySet()) {
            if (path.startsWith(folder)) {
                below.add(path);
            }
        }
        return below;
    }

    /**
     * Waits for events.
     *
     * @return what they touched; nothing when the time is up
     */
    Touched await(long nanos) throws InterruptedException, ClosedWatchServiceException {
        Touched touched = new Touched(new HashSet<>(), new HashSet<>());
        WatchKey key = service.poll(nanos, TimeUnit.NANOSECONDS);
        while (key != null) {
            take(key, touched);
            key = service.poll();
        }
        return touched;
    }

    @Override
    public void close() {
        try {
            service.close();
        } catch (IOException e) {
            log.debug("closing the watch: {}", e.toString());
        }
    }

    private void register(DirectoryScan.Folder folder) {
        try {
            WatchKey key =
                    folder.path()
                            .register(
                                    service,
                                    StandardWatchEventKinds.ENTRY_CREATE,
                                    StandardWatchEventKinds.ENTRY_MODIFY,
                                    StandardWatchEventKinds.ENTRY_DELETE);
            folders.put(folder.path(), new Watched(folder.key(), key));
            // Two paths to one folder share a key.
            paths.computeIfAbsent(key, _ -> new ArrayList<>(1)).add(folder.path());
        } catch (IOException e) {
            if (!warned && Files.isDirectory(folder.path())) {
                warned = true;
                log.warn(
                        "{} cannot be watched ({}); changes are looked for regularly instead",
                        folder.path(),
                        e.getMessage());
            }
        }
    }

    private void take(WatchKey key, Touched touched) {
        List<Path> at = List.copyOf(paths.getOrDefault(key, List.of()));
        for (WatchEvent<?> event : key.pollEvents()) {
            for (Path folder : at) {
                if (event.context() instanceof Path name) {
                    take(folder, folder.resolve(name), touched);
                } else {
                    // Events were lost.
                    touched.folders.add(folder);
                }
            }
        }
        if (!key.reset()) {
            // The folder is gone.
            at.forEach(this::forget);
            touched.folders.addAll(at);
        }
    }

    private void take(Path folder, Path changed, Touched touched) {
        String name = changed.getFileName().toString();
        if (name.startsWith("..")) {
            // How a mounted ConfigMap changes: its files are links through ..data.
            touched.folders.add(folder);
        } else if (name.startsWith(".")) {
            // Not read: an editor's temporary file, a version control's folder.
            return;
        } else if (folders.containsKey(changed) || Files.isDirectory(changed)) {
            touched.folders.add(changed);
        } else if (DirectoryScan.isManifest(name)) {
            touched.files.add(changed);
        }
    }
}
