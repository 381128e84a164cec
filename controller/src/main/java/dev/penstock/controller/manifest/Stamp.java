package dev.penstock.controller.manifest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What tells one version of a file from another without reading it. A file that is put in another's
 * place has another key (the inode), also when it is as long and as old.
 *
 * @param modifiedNanos when it was last written, since 1970
 * @param size its bytes; -1 for a file that is not there
 * @param key the file system's identifier of the file, where it has one
 */
record Stamp(long modifiedNanos, long size, @Nullable Object key) {

    /** No file. */
    static final Stamp MISSING = new Stamp(0, -1, null);

    /** The stamp of what a path leads to now; symbolic links are followed. */
    static Stamp of(Path path) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return attributes.isRegularFile() ? of(attributes) : MISSING;
        } catch (IOException _) {
            // Gone, or behind a link that leads nowhere: the same to whoever reads it.
            return MISSING;
        }
    }

    static Stamp of(BasicFileAttributes attributes) {
        return new Stamp(
                attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                attributes.size(),
                attributes.fileKey());
    }

    boolean isMissing() {
        return size < 0;
    }

    boolean isEmpty() {
        return size == 0;
    }
}
