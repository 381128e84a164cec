package dev.penstock.app.cli;

import dev.penstock.app.exit.ExitCode;
import dev.penstock.app.exit.ExitException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.MaxValuesExceededException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line: parses it, runs the command and turns what went wrong into one line. */
public final class Cli {

    private static final Logger log = LoggerFactory.getLogger(Cli.class);

    /** In the order of the help. */
    private static final Map<String, Supplier<Object>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("serve", ServeCommand::new);
        COMMANDS.put("node", NodeCommand::new);
        COMMANDS.put("demo", DemoCommand::new);
        COMMANDS.put("explain", ExplainCommand::new);
        COMMANDS.put("check", CheckCommand::new);
        COMMANDS.put("echo", EchoCommand::new);
        COMMANDS.put("completion", CompletionCommand::new);
        COMMANDS.put("version", VersionCommand::new);
        COMMANDS.put("help", HelpCommand::new);
    }

    /** The commands that speak of the others. */
    private static final Set<String> OF_ALL = Set.of("completion", "help");

    private Cli() {}

    /** Runs a command with the process's own environment and streams, and returns its exit code. */
    public static int run(String... args) {
        return run(
                System.getenv(),
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                args);
    }

    static int run(
            Map<String, String> environment, PrintWriter out, PrintWriter err, String... args) {
        CommandLine commandLine = create(environment, needed(args));
        commandLine.setOut(out);
        commandLine.setErr(err);
        int exitCode = commandLine.execute(args);
        out.flush();
        err.flush();
        return exitCode;
    }

    /** With all commands. */
    static CommandLine create(Map<String, String> environment) {
        return create(environment, COMMANDS.keySet());
    }

    /**
     * The commands to make: the one that is asked for, where it comes first and does not speak of
     * the others. To make all takes a good part of the time that a start takes.
     */
    private static Set<String> needed(String... args) {
        boolean isOne =
                args.length > 0 && COMMANDS.containsKey(args[0]) && !OF_ALL.contains(args[0]);
        return isOne ? Set.of(args[0]) : COMMANDS.keySet();
    }

    private static CommandLine create(Map<String, String> environment, Set<String> commands) {
        CommandLine commandLine = new CommandLine(new RootCommand());
        COMMANDS.forEach((name, command) -> {
            if (commands.contains(name)) {
                commandLine.addSubcommand(name, command.get());
            }
        });
        commandLine.setDefaultValueProvider(new EnvironmentDefaults(environment));
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setAbbreviatedOptionsAllowed(false);
        commandLine.setUsageHelpAutoWidth(true);
        commandLine.setUsageHelpLongOptionsMaxWidth(40);
        commandLine.setParameterExceptionHandler(Cli::wrongUsage);
        commandLine.setExecutionExceptionHandler(Cli::failed);
        return commandLine;
    }

    private static int wrongUsage(ParameterException exception, String[] args) {
        CommandLine commandLine = exception.getCommandLine();
        return usageError(commandLine, oneLine(message(exception)) + suggestion(exception));
    }

    private static String message(ParameterException exception) {
        if (exception instanceof MaxValuesExceededException) {
            return String.valueOf(exception.getMessage());
        }
        return exception.getMessage() == null ? "wrong usage" : exception.getMessage();
    }

    private static String suggestion(ParameterException exception) {
        if (!(exception instanceof UnmatchedArgumentException unmatched)) {
            return "";
        }
        List<String> suggestions = unmatched.getSuggestions();
        return suggestions.isEmpty() ? "" : "; did you mean " + suggestions.getFirst() + "?";
    }

    private static int usageError(CommandLine commandLine, String message) {
        PrintWriter err = commandLine.getErr();
        err.println("penstock: " + message);
        err.println(
                "Try '" + commandLine.getCommandSpec().qualifiedName() + " --help' for the flags.");
        return ExitCode.USAGE;
    }

    private static int failed(Exception exception, CommandLine commandLine, ParseResult result) {
        if (exception instanceof ExitException exit && exit.exitCode() == ExitCode.USAGE) {
            return usageError(commandLine, oneLine(exit.line()));
        }
        log.debug("The command failed", exception);
        if (exception instanceof ExitException exit) {
            commandLine.getErr().println("penstock: " + oneLine(exit.line()));
            return exit.exitCode();
        }
        String message = exception.getMessage();
        commandLine
                .getErr()
                .println(
                        "penstock: "
                                + exception.getClass().getSimpleName()
                                + (message == null ? "" : ": " + oneLine(message)));
        return ExitCode.FAILED;
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
