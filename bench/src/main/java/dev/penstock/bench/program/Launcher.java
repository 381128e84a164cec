package dev.penstock.bench.program;

import java.nio.file.Files;
import java.nio.file.Path;

/** The command that starts Penstock. */
public final class Launcher {

    private Launcher() {}

    /** The launcher of the checkout this is run in. */
    public static Path find() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isExecutable(at.resolve("penstock"))) {
                return at.resolve("penstock");
            }
        }
        throw new IllegalStateException(
                "no ./penstock here or above (expected: run in a checkout)");
    }
}
