package dev.penstock.e2e.harness;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Where a {@code build.sh} below {@code e2e} has put, or now puts, programs written in Go. */
public final class GoPrograms {

    private GoPrograms() {}

    /**
     * Builds what is missing where Go is there to build it, which takes minutes the first time, and
     * aborts the calling test, with what to do about it, where it is not.
     *
     * @param folder the folder below {@code e2e} with the script
     * @param what what is missed without the programs, as in "no API server to test against"
     * @param names the programs
     * @return the directory they are in
     */
    public static Path find(String folder, String what, List<String> names)
            throws IOException, InterruptedException {
        Path script = PenstockProcess.checkout().resolve("e2e").resolve(folder).resolve("build.sh");
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), what + ": bash is needed to build it");
        Path directory = Path.of(output(script, "--dir").strip());
        if (!names.stream().map(directory::resolve).allMatch(Files::isExecutable)) {
            assumeTrue(goIsThere(), what + ": install Go 1.26 and run e2e/" + folder + "/build.sh");
            output(script);
        }
        return directory;
    }

    private static boolean goIsThere() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder("/bin/bash", "-c", "command -v go")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        return process.waitFor() == 0;
    }

    private static String output(Path script, String... arguments)
            throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = script.toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(20, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IOException(script + " failed:\n" + output);
        }
        return output;
    }
}
