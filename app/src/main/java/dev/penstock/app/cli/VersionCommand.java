package dev.penstock.app.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code penstock version}. */
@Command(name = "version", description = "Shows the version.")
final class VersionCommand implements Runnable {

    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    @Spec
    CommandSpec spec;

    @Mixin final HelpOption help = new HelpOption();

    @Override
    public void run() {
        for (String line : new Version().getVersion()) {
            spec.commandLine().getOut().println(line);
        }
    }
}
