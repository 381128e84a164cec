package dev.penstock.l4.ipset;

import dev.penstock.l4.command.Command;
import dev.penstock.l4.command.CommandException;
import dev.penstock.l4.node.RulesException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program {@code ipset}, which must be on the path. Any thread. */
public final class Ipset {

    /** The program's name. */
    public static final String PROGRAM = "ipset";

    /** How long a set's name may be. */
    public static final int NAME_MAX = 31;

    private static final Pattern LINE = Pattern.compile("Error in line (\\d+): (.*)");
    private static final Pattern VERSION = Pattern.compile("ipset v\\S+: ");

    private Ipset() {}

    /** Whether the program is there. */
    public static boolean exists() {
        return Command.exists(PROGRAM);
    }

    /**
     * Does what the lines say, in their order: {@code create}, {@code add}, {@code del}, {@code
     * swap}, {@code destroy}, {@code flush}. What exists already is not added and what does not
     * exist is not deleted; neither is an error. It stops at the first error: what stands before it
     * has been done.
     *
     * @throws RulesException naming the line at fault
     */
    public static void restore(String lines) throws RulesException {
        if (lines.isBlank()) {
            return;
        }
        try {
            Command.of(PROGRAM, "restore", "-exist").run(lines);
        } catch (CommandException e) {
            throw failure(lines, e);
        }
    }

    /** The names of all sets. */
    public static List<String> names() throws RulesException {
        return run("list", "-n").lines().toList();
    }

    /** All sets and their elements, as {@link #restore} takes them. */
    public static String save() throws RulesException {
        return run("save");
    }

    /**
     * Lets two sets of the same type exchange their elements at once: to replace a set, fill
     * another one, swap and destroy.
     */
    public static void swap(String one, String other) throws RulesException {
        run("swap", one, other);
    }

    /**
     * Removes a set.
     *
     * @throws RulesException if it does not exist, or a rule uses it
     */
    public static void destroy(String name) throws RulesException {
        run("destroy", name);
    }

    private static String run(String... arguments) throws RulesException {
        String[] line = new String[arguments.length + 1];
        line[0] = PROGRAM;
        System.arraycopy(arguments, 0, line, 1, arguments.length);
        try {
            return Command.of(line).run();
        } catch (CommandException e) {
            throw failure("", e);
        }
    }

    private static RulesException failure(String lines, CommandException e) {
        String message = VERSION.matcher(e.getMessage()).replaceFirst("");
        Matcher line = LINE.matcher(message);
        if (!line.find()) {
            return new RulesException(message, e);
        }
        String at = lines.lines().skip(Long.parseLong(line.group(1)) - 1).findFirst().orElse("");
        return new RulesException("ipset: " + line.group(2) + ", at: " + at, e);
    }
}
