package dev.penstock.app.cli;

import dev.penstock.app.exit.ExitException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code penstock} itself; {@link Cli} adds its commands. */
@Command(
        name = "penstock",
        description = "Kubernetes Ingress controller and HTTP proxy.",
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Each flag of a command can be given as a variable: --http-port as PENSTOCK_HTTP_PORT.",
            "Exit codes: 0 fine, 1 a problem found, 2 wrong usage, 3 could not start."
        })
final class RootCommand implements Runnable {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    boolean version;

    @Override
    public void run() {
        throw ExitException.usage("which command? For example: penstock demo");
    }
}
