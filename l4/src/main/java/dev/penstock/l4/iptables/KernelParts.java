package dev.penstock.l4.iptables;

import dev.penstock.model.address.IpFamily;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds out what the kernel lacks for our rules. */
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
        return new RuleTrial(iptables, "true").missing(trials());
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
                RuleTrial.input("filter", "-p tcp -j REJECT --reject-with tcp-reset"));
        return trials;
    }

    private static String nat(String rule) {
        return RuleTrial.input(Chain.NAT, rule);
    }
}
