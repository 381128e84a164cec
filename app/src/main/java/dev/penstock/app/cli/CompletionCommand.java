package dev.penstock.app.cli;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code penstock completion}: a script that completes commands and flags in a shell. */
@Command(
        name = "completion",
        description = "Prints a completion script for a shell.",
        footer = {
            "",
            "bash: source <(penstock completion bash)",
            "zsh:  source <(penstock completion zsh)",
            "fish: penstock completion fish | source"
        })
final class CompletionCommand implements Runnable {

    enum Shell {
        bash,
        zsh,
        fish
    }

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
    Shell shell = Shell.bash;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    @Spec
    CommandSpec spec;

    @Override
    public void run() {
        CommandLine root = spec.root().commandLine();
        PrintWriter out = spec.commandLine().getOut();
        switch (shell) {
            // The script serves zsh too, by way of zsh's own bashcompinit.
            case bash, zsh -> out.println(AutoComplete.bash(root.getCommandName(), root));
            case fish -> FishCompletion.write(root, out);
        }
    }
}
