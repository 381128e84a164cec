package dev.penstock.l4.iptables;

import dev.penstock.l4.command.Command;
import dev.penstock.l4.command.CommandException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether the kernel and iptables have what rules need, by making them in a network
 * namespace that is gone right after.
 *
 * @param preparation a command of the shell that makes what the rules need there
 */
public record RuleTrial(Iptables iptables, String preparation) {

    /**
     * What to try a rule with: the rule in a chain of its own, as what a target may be used in
     * depends on what leads to it.
     */
    public static String input(String table, String rule) {
        String chain = "PENSTOCK-" + Integer.toHexString(rule.hashCode());
        return "*" + table + "\n:" + chain + " - [0:0]\n-A " + chain + " " + rule + "\nCOMMIT\n";
    }

    /**
     * The first part that is missing; null where all are there, or nothing can be tried in advance:
     * then it shows at the first apply.
     *
     * @param inputs what {@link #input} gave, by the name of the part that it needs
     */
    public @Nullable String missing(Map<String, String> inputs) {
        if (!Command.exists("unshare") || reason("*nat\nCOMMIT\n") != null) {
            return null;
        }
        if (reason(String.join("", inputs.values())) == null) {
            return null;
        }
        for (Map.Entry<String, String> input : inputs.entrySet()) {
            String reason = reason(input.getValue());
            if (reason != null) {
                return "the kernel or iptables has no " + input.getKey() + ": " + reason;
            }
        }
        return null;
    }

    private @Nullable String reason(String input) {
        Command command =
                Command.of(
                        "unshare",
                        "--net",
                        "sh",
                        "-c",
                        preparation + " && exec \"$@\"",
                        "sh",
                        iptables.restoreProgram(),
                        "--noflush",
                        "-w");
        try {
            command.run(input);
            return null;
        } catch (CommandException e) {
            return Iptables.failure(command, input, e).getMessage();
        }
    }
}
