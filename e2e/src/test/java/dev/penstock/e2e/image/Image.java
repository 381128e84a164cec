package dev.penstock.e2e.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.e2e.harness.PenstockProcess;
import dev.penstock.e2e.harness.Tree;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An image of this machine's architecture.
 *
 * @param archive the layout as {@code image/build} wrote it
 * @param root the files of all layers
 * @param config the settings that a container is started with
 */
record Image(Path archive, Path root, Tree config) {

    /** The exit code of {@code image/build} where packages cannot be downloaded. */
    private static final int NO_PACKAGES = 4;

    private static final int LIMIT_MINUTES = 10;
    private static final int LIMIT_SECONDS = 120;

    /** Builds an image, or aborts the calling test with what is missing. */
    static Image build(Path directory) throws IOException, InterruptedException {
        Path archive = directory.resolve("image.tar");
        assumeTrue(
                run(List.of("sh", "-c", "command -v apt-get dpkg-deb python3 unshare")).isDone(),
                "needs apt-get, dpkg-deb, python3 and unshare, as Debian and Ubuntu have them");
        String arch = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        Result built =
                run(
                        List.of(
                                PenstockProcess.checkout().resolve("image/build").toString(),
                                "--arch=" + arch,
                                "--no-cache",
                                "--no-build",
                                "--output=" + archive));
        assumeTrue(
                built.exitCode() != NO_PACKAGES,
                "needs Debian's archive, with the versions of image/packages, once");
        if (!built.isDone()) {
            throw new IOException(built.output());
        }
        Path layout = Files.createDirectory(directory.resolve("layout"));
        extract(archive, layout);
        Tree top = json(layout.resolve("index.json"));
        Tree index = json(blob(layout, top.at("manifests").list().getFirst()));
        Tree manifest = json(blob(layout, index.at("manifests").list().getFirst()));
        Path root = Files.createDirectory(directory.resolve("root"));
        for (Tree layer : manifest.at("layers").list()) {
            extract(blob(layout, layer), root);
        }
        return new Image(archive, root, json(blob(layout, manifest.at("config"))).at("config"));
    }

    /**
     * How a command ended.
     *
     * @param exitCode its exit code; 0 where it was ended because it had printed enough
     * @param output standard output and error
     */
    record Result(int exitCode, String output) {

        boolean isDone() {
            return exitCode == 0;
        }
    }

    List<String> entryPoint() {
        return config.at("Entrypoint").list().stream().map(Tree::text).toList();
    }

    /**
     * Runs the program from the image's files alone, in namespaces of its own: its root is that of
     * the image, and there is no network but loopback.
     *
     * @param enough when a line has this text, the program is ended
     * @return how it ended; done where it was ended because it had printed enough
     */
    Result run(String enough, String... arguments) throws IOException, InterruptedException {
        String script =
                """
                ip link set lo up && mount -t proc proc "$1/proc" && mount -t tmpfs tmpfs "$1/tmp" || exit 9
                root=$1; shift
                exec timeout --kill-after=5 %d chroot "$root" "$@"
                """
                        .formatted(LIMIT_SECONDS);
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "unshare",
                                "--user",
                                "--map-root-user",
                                "--mount",
                                "--net",
                                "--pid",
                                "--fork",
                                "--kill-child",
                                "env",
                                "-i",
                                "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                                "sh",
                                "-c",
                                script,
                                "sh",
                                root.toString()));
        command.addAll(entryPoint());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        StringBuilder lines = new StringBuilder();
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.append(line).append('\n');
                if (line.contains(enough)) {
                    return new Result(0, lines.toString());
                }
            }
            return new Result(process.waitFor(), lines.toString());
        } finally {
            process.destroy();
        }
    }

    private static Result run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IOException(command + " does not end; it printed:\n" + output);
        }
        return new Result(process.exitValue(), output);
    }

    private static void extract(Path archive, Path to) throws IOException, InterruptedException {
        Result result =
                run(
                        List.of(
                                "tar",
                                "--extract",
                                "--no-same-owner",
                                "--file=" + archive,
                                "--directory=" + to));
        if (!result.isDone()) {
            throw new IOException(result.output());
        }
    }

    private static Path blob(Path layout, Tree descriptor) {
        return layout.resolve("blobs").resolve(descriptor.at("digest").text().replace(':', '/'));
    }

    static Tree json(Path file) throws IOException {
        return Tree.parse(Files.readString(file, UTF_8));
    }
}
