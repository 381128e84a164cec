package dev.penstock.l4.iptables;

import dev.penstock.l4.command.Command;
import dev.penstock.l4.command.CommandException;
import dev.penstock.l4.node.RulesException;
import dev.penstock.model.address.IpFamily;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what the kernel lacks for our rules, by making some in a network namespace that is gone
 * right after.
 */
final class KernelParts {

    private static final Path IPV6 = Path.of("/proc/net/if_inet6");

    private final Iptables iptables;

    KernelParts(Iptables iptables) {
        this.iptables = iptables;
    }

    static boolean has(IpFamily family) {
        return family == IpFamily.IPV4 || Files.exists(IPV6);
    }

    /** The first part that is missing, with its module's name; null where all are there. */
    @Nullable String missing() {
        if (!Command.exists("unshare") || !works("*nat\nCOMMIT\n")) {
            return null; // what cannot be tried in advance shows at the first apply
        }
        StringBuilder all = new StringBuilder();
        Map<String, String> trials = trials();
        trials.values().forEach(all::append);
        if (works(all.toString())) {
            return null;
        }
        for (Map.Entry<String, String> trial : trials.entrySet()) {
            String reason = reason(trial.getValue());
            if (reason != null) {
                return "the kernel or iptables has no " + trial.getKey() + ": " + reason;
            }
        }
        return null;
    }

    /** What we need, by module; a match that can be done without is not among them. */
    private Map<String, String> trials() {
        boolean isIpv4 = iptables.family() == IpFamily.IPV4;
        String to = isIpv4 ? "192.0.2.1:80" : "[2001:db8::1]:80";
        Map<String, String> trials = new LinkedHashMap<>();
        trials.put("xt_comment", nat("-m comment --comment trial -j RETURN"));
        trials.put("xt_conntrack", nat("-m conntrack --ctstate DNAT -j RETURN"));
        trials.put("xt_addrtype", nat("-m addrtype --dst-type LOCAL -j RETURN"));
        trials.put("xt_statistic", nat("-m statistic --mode random --probability 0.5 -j RETURN"));
        trials.put("xt_recent", nat("-m recent --set --name penstock-trial -j RETURN"));
        trials.put("xt_mark", nat("-m mark --mark 0x4000/0x4000 -j MARK --set-xmark 0x4000/0x0"));
        trials.put("xt_nat", nat("-p tcp -j DNAT --to-destination " + to));
        trials.put("xt_MASQUERADE", nat("-j MASQUERADE --random-fully"));
        trials.put(
                isIpv4 ? "ipt_REJECT" : "ip6t_REJECT",
                chain("filter", "-p tcp -j REJECT --reject-with tcp-reset"));
        return trials;
    }

    private static String nat(String rule) {
        return chain("nat", rule);
    }

    /**
     * A rule in a chain of its own, as what a target may be used in depends on what leads to it.
     */
    private static String chain(String table, String rule) {
        String chain = "PENSTOCK-" + Integer.toHexString(rule.hashCode());
        return "*" + table + "\n:" + chain + " - [0:0]\n-A " + chain + " " + rule + "\nCOMMIT\n";
    }

    private boolean works(String input) {
        return reason(input) == null;
    }

    private @Nullable String reason(String input) {
        Command command =
                Command.of("unshare", "--net", iptables.restoreProgram(), "--noflush", "-w");
        try {
            command.run(input);
            return null;
        } catch (CommandException e) {
            RulesException refusal = Iptables.failure(command, input, e);
            return refusal.getMessage();
        }
    }
}
