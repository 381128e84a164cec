package dev.penstock.app.cli;

import dev.penstock.app.exit.ExitCode;
import dev.penstock.app.exit.ExitException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** The commands that know nothing of the others, in the order of the help. */
    private static final Map<String, Supplier<Object>> WORKING = new LinkedHashMap<>();

    static {
        WORKING.put("serve", ServeCommand::new);
        WORKING.put("demo", DemoCommand::new);
        WORKING.put("explain", ExplainCommand::new);
        WORKING.put("check", CheckCommand::new);
        WORKING.put("echo", EchoCommand::new);
    }

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
        CommandLine commandLine = create(environment, args);
        commandLine.setOut(out);
        commandLine.setErr(err);
        int exitCode = commandLine.execute(args);
        out.flush();
        err.flush();
        return exitCode;
    }

    /**
     * Makes the command line for some arguments. Where they begin with a command that asks nothing
     * of the others, those are left out: to read a command's flags takes longer than all else that
     * happens before it runs.
     */
    static CommandLine create(Map<String, String> environment, String... args) {
        CommandLine commandLine = new CommandLine(new RootCommand());
        Supplier<Object> only = args.length == 0 ? null : WORKING.get(args[0]);
        if (only != null) {
            commandLine.addSubcommand(only.get());
        } else {
            WORKING.values().forEach(command -> commandLine.addSubcommand(command.get()));
            commandLine.addSubcommand(new CompletionCommand());
            commandLine.addSubcommand(new VersionCommand());
            commandLine.addSubcommand(new HelpCommand());
        }
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
