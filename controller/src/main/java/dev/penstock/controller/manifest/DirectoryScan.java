package dev.penstock.controller.manifest;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The manifests and folders below a folder at one moment. Symbolic links are followed; names that
 * begin with a dot are passed over, so that the folders behind a mounted ConfigMap's links ({@code
 * ..data} and its target) are not read twice.
 */
final class DirectoryScan extends SimpleFileVisitor<Path> {

    private static final Logger log = LoggerFactory.getLogger(DirectoryScan.class);

    private static final int DEPTH_MAX = 32;

    private final Path start;
    private final SortedMap<Path, Stamp> files = new TreeMap<>();
    private final List<Folder> folders = new ArrayList<>();

    /**
     * A folder that was walked.
     *
     * @param key the file system's identifier of the folder, where it has one
     */
    record Folder(Path path, @Nullable Object key) {}

    private DirectoryScan(Path start) {
        this.start = start;
    }

    static DirectoryScan of(Path start) {
        DirectoryScan scan = new DirectoryScan(start);
        try {
            Files.walkFileTree(start, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEPTH_MAX, scan);
        } catch (IOException e) {
            log.warn("{} could not be read: {}", start, e.toString());
        }
        return scan;
    }

    /** The manifests with their stamps, sorted by path. */
    SortedMap<Path, Stamp> files() {
        return files;
    }

    List<Folder> folders() {
        return folders;
    }

    static boolean isManifest(String name) {
        if (name.startsWith(".")) {
            return false;
        }
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".yaml") || lower.endsWith(".yml") || lower.endsWith(".json");
    }

    @Override
    public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
        if (!path.equals(start) && path.getFileName().toString().startsWith(".")) {
            return FileVisitResult.SKIP_SUBTREE;
        }
        folders.add(new Folder(path, attributes.fileKey()));
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
        if (attributes.isRegularFile() && isManifest(path.getFileName().toString())) {
            files.put(path, Stamp.of(attributes));
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path path, IOException e) {
        // A file that goes while it is looked for, a link in a circle, a folder without permission.
        log.debug("{} is passed over: {}", path, e.toString());
        return FileVisitResult.CONTINUE;
    }
}
