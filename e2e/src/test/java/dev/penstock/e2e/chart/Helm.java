package dev.penstock.e2e.chart;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.e2e.harness.GoPrograms;
import dev.penstock.e2e.harness.PenstockProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The real Helm, with the chart of this checkout. */
public final class Helm {

    private static final int LIMIT_SECONDS = 60;

    private final Path program;

    private Helm(Path program) {
        this.program = program;
    }

    /**
     * How a command of Helm ended.
     *
     * @param isDone whether its exit code was 0
     * @param output standard output
     * @param errors standard error
     */
    public record Result(boolean isDone, String output, String errors) {}

    /** Builds Helm where it is missing, or aborts the calling test with what to do about it. */
    public static Helm find() throws IOException, InterruptedException {
        return new Helm(
                GoPrograms.find("helm", "no Helm to render the chart", List.of("helm"))
                        .resolve("helm"));
    }

    Path program() {
        return program;
    }

    /**
     * What the chart comes to as release and in namespace {@code penstock}.
     *
     * @param settings each as {@code --set} takes it
     */
    public String render(List<String> settings) throws IOException, InterruptedException {
        return render("penstock", settings);
    }

    /**
     * What the chart comes to.
     *
     * @param release the release's name and namespace
     * @param settings each as {@code --set} takes it
     */
    public String render(String release, List<String> settings)
            throws IOException, InterruptedException {
        Result result = template(release, settings);
        if (!result.isDone()) {
            throw new IllegalArgumentException(settings + ": " + result.errors());
        }
        return result.output();
    }

    Result template(String release, List<String> settings)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of("template", release, chart().toString(), "--namespace", release));
        settings.forEach(setting -> command.add("--set=" + setting));
        return run(command);
    }

    Result lint(List<String> settings) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("lint", "--strict", chart().toString()));
        settings.forEach(setting -> command.add("--set=" + setting));
        return run(command);
    }

    static Path chart() {
        return PenstockProcess.checkout().resolve("charts/penstock");
    }

    /** The documents of what the chart came to, as text. */
    public static List<String> documents(String rendered) {
        return Stream.of(rendered.split("(?m)^---$", -1))
                .map(String::strip)
                .filter(document -> !document.isEmpty())
                .toList();
    }

    private Result run(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.addAll(arguments);
        Path output = Files.createTempFile("penstock-helm-", ".out");
        Path errors = Files.createTempFile("penstock-helm-", ".err");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .redirectOutput(output.toFile())
                            .redirectError(errors.toFile());
            // What the user has set up for a Helm of their own is none of our business.
            Map<String, String> environment = builder.environment();
            environment.keySet().removeIf(name -> name.startsWith("HELM_"));
            environment.put("HELM_PLUGINS", output + ".none");
            Process process = builder.start();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(command + " does not end");
            }
            return new Result(
                    process.exitValue() == 0,
                    Files.readString(output, UTF_8),
                    Files.readString(errors, UTF_8));
        } finally {
            Files.delete(output);
            Files.delete(errors);
        }
    }
}
