package dev.penstock.e2e.program;

import dev.penstock.e2e.harness.PenstockProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Commands that run to their end. */
final class Command {

    private static final int LIMIT_SECONDS = 60;

    /**
     * How a command ended.
     *
     * @param exitCode its exit code
     * @param output what it printed, standard output and error together
     */
    record Result(int exitCode, String output) {}

    private Command() {}

    /** Runs {@code ./penstock} with arguments. */
    static Result penstock(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(PenstockProcess.checkout().resolve("penstock").toString());
        command.addAll(List.of(arguments));
        return run(command);
    }

    /** Runs a line of shell in the checkout, as a user pastes it. */
    static Result shell(String line) throws IOException, InterruptedException {
        return run(List.of("sh", "-c", line));
    }

    private static Result run(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(PenstockProcess.checkout().toFile())
                        .redirectErrorStream(true);
        builder.environment().put("PENSTOCK_NO_BUILD", "1");
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException(command + " did not end; it printed:\n" + output);
        }
        return new Result(process.exitValue(), output);
    }
}
