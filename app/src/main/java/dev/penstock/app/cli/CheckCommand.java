package dev.penstock.app.cli;

import dev.penstock.app.exit.ExitCode;
import dev.penstock.app.exit.ExitException;
import dev.penstock.app.source.SourceSettings;
import dev.penstock.l4.node.Algorithm;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.NodePlanner;
import dev.penstock.model.Problem;
import dev.penstock.model.config.Configuration;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code penstock check}: every problem of a set of objects. */
@Command(
        name = "check",
        description = "Lists every problem of a directory of manifests or a cluster.",
        showDefaultValues = true,
        sortOptions = false,
        footer = {"", "Exit code 1 when there is a problem."})
final class CheckCommand implements Callable<Integer> {

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            description = "The directory; the same as --manifests.",
            defaultValue = Parameters.NULL_VALUE)
    @Nullable Path directory;

    @Mixin final SourceOptions source = new SourceOptions();
    @Mixin final TranslationOptions translation = new TranslationOptions();
    @Mixin final LogOptions log = new LogOptions();
    @Mixin final HelpOption help = new HelpOption();

    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    @Spec
    CommandSpec spec;

    @Override
    public Integer call() {
        log.apply();
        SourceSettings settings =
                directory == null ? source.settings() : SourceSettings.directory(directory);
        if (settings.manifests() == null && settings.kubeconfig() == null) {
            throw ExitException.usage("give a directory, or --kubeconfig FILE");
        }
        List<Problem> problems = problems(settings);
        PrintWriter out = spec.commandLine().getOut();
        for (Problem problem : problems) {
            String at = problem.location() == null ? "" : problem.location() + ": ";
            out.println(at + problem.summary());
        }
        if (problems.isEmpty()) {
            out.println("no problems");
            return ExitCode.OK;
        }
        out.println(problems.size() + (problems.size() == 1 ? " problem" : " problems"));
        return ExitCode.PROBLEM;
    }

    /** What is wrong with the objects themselves, and then for a node's rules. */
    private List<Problem> problems(SourceSettings settings) {
        Configuration configuration = translation.translate(settings).configuration();
        List<Problem> problems = new ArrayList<>(configuration.problems());
        NodePlanner planner =
                new NodePlanner(
                        translation.services(settings.manifests() != null),
                        EnumSet.allOf(Algorithm.class));
        planner.plan(configuration.services(), NodeFacts.NONE);
        problems.addAll(planner.problems());
        return problems;
    }
}
