package dev.penstock.app.cli;

import java.io.File;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Writes what fish needs to complete commands and flags, which picocli does not. */
final class FishCompletion {

    private FishCompletion() {}

    static void write(CommandLine root, PrintWriter out) {
        String program = root.getCommandName();
        out.println("complete -c " + program + " -f");
        root.getSubcommands().values().stream()
                .filter(command -> !command.getCommandSpec().usageMessage().hidden())
                .forEach(command -> {
                    String name = command.getCommandName();
                    out.println(
                            "complete -c %s -n __fish_use_subcommand -a %s -d %s"
                                    .formatted(program, name, quote(description(command))));
                    command.getCommandSpec()
                            .options()
                            .forEach(option -> write(program, name, option, out));
                });
    }

    private static void write(String program, String command, OptionSpec option, PrintWriter out) {
        if (option.hidden()) {
            return;
        }
        StringBuilder line =
                new StringBuilder("complete -c %s".formatted(program))
                        .append(" -n '__fish_seen_subcommand_from %s'".formatted(command));
        for (String name : option.names()) {
            line.append(name.startsWith("--") ? " -l " : " -s ")
                    .append(name.replaceFirst("^-+", ""));
        }
        if (option.arity().max() > 0) {
            boolean file = option.type() == Path.class || option.type() == File.class;
            line.append(file ? " -r -F" : " -x");
            if (option.completionCandidates() != null) {
                String values = String.join(" ", option.completionCandidates());
                line.append(values.isEmpty() ? "" : " -a " + quote(values));
            }
        }
        String[] description = option.description();
        if (description.length > 0) {
            line.append(" -d ").append(quote(description[0]));
        }
        out.println(line);
    }

    private static String description(CommandLine command) {
        String[] lines = command.getCommandSpec().usageMessage().description();
        return lines.length == 0 ? "" : lines[0];
    }

    private static String quote(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
