package dev.penstock.controller.manifest;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.SourceUnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a directory of manifests once. */
public final class ManifestReader {

    private ManifestReader() {}

    /**
     * Reads all manifests below a directory.
     *
     * @throws SourceUnavailableException when there is no such directory
     */
    public static ClusterState read(Path directory) throws SourceUnavailableException {
        requireDirectory(directory);
        ManifestTable table = new ManifestTable(directory);
        table.load(DirectoryScan.of(directory));
        return table.state();
    }

    static void requireDirectory(Path directory) throws SourceUnavailableException {
        if (!Files.isDirectory(directory)) {
            throw new SourceUnavailableException(
                    "manifests: "
                            + directory
                            + (Files.exists(directory)
                                    ? " is not a directory"
                                    : " does not exist"));
        }
        if (!Files.isReadable(directory)) {
            throw new SourceUnavailableException("manifests: no permission to read " + directory);
        }
    }
}
