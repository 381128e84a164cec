package dev.penstock.e2e.kubernetes;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Where {@code e2e/k8s/build.sh} has put, or now puts, the programs of the control plane. */
record ControlPlanePrograms(Path directory) {

    /**
     * Builds what is missing where Go is there to build it, which takes minutes the first time, and
     * aborts the calling test, with what to do about it, where it is not.
     */
    static ControlPlanePrograms find() throws IOException, InterruptedException {
        Path script = Path.of("k8s", "build.sh").toAbsolutePath();
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no bash to build a control plane");
        Path directory = Path.of(output(script, "--dir").strip());
        ControlPlanePrograms programs = new ControlPlanePrograms(directory);
        if (!programs.complete()) {
            assumeTrue(
                    goIsThere(),
                    "no API server to test against: install Go 1.26 and run e2e/k8s/build.sh");
            output(script);
        }
        return programs;
    }

    Path path(String program) {
        return directory.resolve(program);
    }

    private boolean complete() {
        return Files.isExecutable(path("etcd"))
                && Files.isExecutable(path("kube-apiserver"))
                && Files.isExecutable(path("kubectl"));
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
