package dev.penstock.bench.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A directory with a file for each Service and its EndpointSlice, 500 in a folder.
 *
 * @param directory where to write
 */
record ManifestStore(Path directory) implements ServiceStore {

    private static final int PER_FOLDER = 500;

    @Override
    public void create(int services) throws IOException {
        for (int i = 0; i < services; i++) {
            Files.createDirectories(file(i).getParent());
            Files.writeString(file(i), text(i, 0));
        }
    }

    @Override
    public void move(int service, int pair) throws IOException {
        Path target = file(service);
        Path temporary = target.resolveSibling("." + target.getFileName() + ".tmp");
        Files.writeString(temporary, text(service, pair));
        Files.move(
                temporary,
                target,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public List<String> flags() {
        return List.of("--manifests", directory.toString());
    }

    private static String text(int service, int pair) {
        return NodeServices.service(service) + "---\n" + NodeServices.slice(service, pair);
    }

    private Path file(int service) {
        return directory.resolve("f" + service / PER_FOLDER).resolve("s" + service + ".yaml");
    }
}
