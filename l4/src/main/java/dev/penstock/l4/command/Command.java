package dev.penstock.l4.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A program of the system with its arguments.
 *
 * @param line the program and its arguments
 */
public record Command(List<String> line) {

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int MESSAGE_MAX = 300;

    public Command {
        line = List.copyOf(line);
    }

    public static Command of(String... line) {
        return new Command(List.of(line));
    }

    /** Whether the path has a program of this name. */
    public static boolean exists(String program) {
        String path = System.getenv().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        return Stream.of(path.split(File.pathSeparator))
                .anyMatch(folder -> new File(folder, program).canExecute());
    }

    /**
     * Runs it without input.
     *
     * @return what it wrote to its standard output
     * @throws CommandException if it cannot be started, ends with another code than 0 or takes more
     *     than five minutes
     */
    public String run() throws CommandException {
        return run("");
    }

    /** Runs it with a text as its input; otherwise as {@link #run()}. */
    public String run(String input) throws CommandException {
        Process process = start();
        try {
            CompletableFuture<byte[]> output = read(process, false);
            CompletableFuture<byte[]> errors = read(process, true);
            write(process, input);
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw failed("did not end within " + LIMIT.toSeconds() + " s", null);
            }
            if (process.exitValue() != 0) {
                throw failed(process.exitValue(), new String(errors.join(), UTF_8));
            }
            return new String(output.join(), UTF_8);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private Process start() throws CommandException {
        try {
            return new ProcessBuilder(line).start();
        } catch (IOException e) {
            throw failed("cannot be started: is it installed?", e);
        }
    }

    private static CompletableFuture<byte[]> read(Process process, boolean errors) {
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        result.complete(
                                (errors ? process.getErrorStream() : process.getInputStream())
                                        .readAllBytes());
                    } catch (IOException e) {
                        result.completeExceptionally(e);
                    }
                });
        return result;
    }

    private static void write(Process process, String input) {
        try (OutputStream stream = process.getOutputStream()) {
            stream.write(input.getBytes(UTF_8));
        } catch (IOException _) {
            // It ended without reading everything: its exit code and message say why.
        }
    }

    private static String firstLine(String errors) {
        String text = errors.strip().lines().findFirst().orElse("no message");
        return text.length() > MESSAGE_MAX ? text.substring(0, MESSAGE_MAX) + "…" : text;
    }

    private CommandException failed(int exitCode, String errors) {
        return new CommandException(
                String.join(" ", line) + " failed with code " + exitCode + ": " + firstLine(errors),
                exitCode,
                errors,
                null);
    }

    private CommandException failed(String reason, @Nullable Throwable cause) {
        return new CommandException(String.join(" ", line) + " " + reason, -1, "", cause);
    }
}
