package dev.penstock.l4.ipvs;

import dev.penstock.l4.command.Command;
import dev.penstock.l4.ipset.Ipset;
import dev.penstock.l4.ipset.SetSocket;
import dev.penstock.l4.iptables.Iptables;
import dev.penstock.l4.iptables.RuleTrial;
import dev.penstock.l4.netlink.ErrnoException;
import dev.penstock.l4.node.Algorithm;
import dev.penstock.l4.node.Applied;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.RuleMode;
import dev.penstock.l4.node.RulesException;
import dev.penstock.model.address.IpFamily;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Serves Services by the kernel's IPVS: virtual servers for all addresses of Services and for node
 * ports, a dummy link that the former lead to, and a constant number of iptables rules over sets
 * for masquerading and filtering.
 */
public final class IpvsMode implements RuleMode {

    private static final Set<Algorithm> ALGORITHMS =
            Collections.unmodifiableSet(
                    new LinkedHashSet<>(
                            List.of(
                                    Algorithm.ROUND_ROBIN,
                                    Algorithm.WEIGHTED,
                                    Algorithm.LEAST_CONNECTIONS,
                                    Algorithm.SOURCE_HASH,
                                    Algorithm.MAGLEV)));

    private final IpvsSettings settings;
    private @Nullable IpvsNode node;

    public IpvsMode(IpvsSettings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "ipvs";
    }

    @Override
    public Set<Algorithm> algorithms() {
        return ALGORITHMS;
    }

    @Override
    public @Nullable String missing() {
        for (String program : List.of("iptables", Ipset.PROGRAM)) {
            if (!Command.exists(program)) {
                return "this machine has no program "
                        + program
                        + ": install the package "
                        + program;
            }
        }
        String missing = missingOfIpvs();
        if (missing == null) {
            missing = missingOfLinks();
        }
        if (missing == null) {
            missing = missingOfSets();
        }
        return missing == null ? missingOfRules() : missing;
    }

    private static String noModule(String module) {
        return "this kernel has not loaded, and perhaps lacks, the module " + module;
    }

    private static @Nullable String missingOfIpvs() {
        try (IpvsFamily family = IpvsFamily.open()) {
            return family.hasScheduler(Scheduler.ROUND_ROBIN) ? null : noModule("ip_vs_rr");
        } catch (ErrnoException e) {
            return switch (e.errno()) {
                case ErrnoException.ENOENT -> noModule("ip_vs");
                case ErrnoException.EPERM ->
                        "virtual servers need root, or the capability NET_ADMIN (CAP_NET_ADMIN)";
                default -> e.getMessage();
            };
        }
    }

    private static @Nullable String missingOfLinks() {
        try (VipLink link = VipLink.open()) {
            if (link.find() == null) {
                link.tryOut();
            }
            return null;
        } catch (ErrnoException e) {
            return e.errno() == ErrnoException.EOPNOTSUPP ? noModule("dummy") : e.getMessage();
        }
    }

    private static @Nullable String missingOfSets() {
        String trial = SetName.PREFIX + "try";
        try {
            Ipset.restore(
                    "create "
                            + trial
                            + " hash:ip,port,net family inet skbinfo\ndestroy "
                            + trial
                            + "\n");
            return null;
        } catch (RulesException e) {
            return noModule("ip_set or ip_set_hash_ipportnet") + " (" + e.getMessage() + ")";
        }
    }

    private static @Nullable String missingOfRules() {
        String set = SetName.PREFIX + "try";
        Map<String, String> inputs = new LinkedHashMap<>();
        String match = "-m set --match-set " + set + " dst,dst -j RETURN";
        inputs.put("xt_set", RuleTrial.input("filter", match));
        String map = "-j SET --map-set " + set + " dst,dst --map-mark";
        inputs.put("xt_set with marks", RuleTrial.input("mangle", map));
        String state = "-m conntrack --ctstate NEW -j RETURN";
        inputs.put("xt_conntrack", RuleTrial.input("filter", state));
        String mark = "-m mark --mark 0x4000/0x4000 -j MARK --set-xmark 0x4000/0x0";
        inputs.put("xt_mark", RuleTrial.input("nat", mark));
        inputs.put("xt_MASQUERADE", RuleTrial.input("nat", "-j MASQUERADE --random-fully"));
        String reject = "-p tcp -j REJECT --reject-with tcp-reset";
        inputs.put("ipt_REJECT", RuleTrial.input("filter", reject));
        try {
            String make = Ipset.PROGRAM + " create " + set + " hash:ip,port skbinfo";
            return new RuleTrial(Iptables.find(IpFamily.IPV4), make).missing(inputs);
        } catch (RulesException e) {
            return e.getMessage();
        }
    }

    @Override
    public Applied apply(NodePlan plan) throws RulesException {
        IpvsNode applied = node;
        try {
            if (applied != null) {
                return applied.change(plan);
            }
            IpvsNode started = IpvsNode.open(settings);
            node = started;
            return started.reconcile(plan);
        } catch (ErrnoException e) {
            close();
            throw new RulesException(e.getMessage(), e);
        } catch (RulesException e) {
            close();
            throw e;
        }
    }

    @Override
    public boolean isIntact() throws RulesException {
        IpvsNode applied = node;
        if (applied == null) {
            return false;
        }
        try {
            boolean isIntact = applied.isIntact();
            if (!isIntact) {
                close();
            }
            return isIntact;
        } catch (ErrnoException e) {
            close();
            throw new RulesException(e.getMessage(), e);
        }
    }

    @Override
    public boolean remove() throws RulesException {
        close();
        boolean found = false;
        try {
            found = removeServers();
            found |= removeLink();
        } catch (ErrnoException e) {
            throw new RulesException(e.getMessage(), e);
        }
        for (IpFamily family : IpFamily.values()) {
            found |= removeTables(family);
        }
        found |= Ipset.exists() && Sets.remove();
        return found;
    }

    private static boolean removeTables(IpFamily family) throws RulesException {
        boolean found = false;
        for (Iptables iptables : Iptables.all(family)) {
            found |= Tables.remove(iptables);
        }
        return found;
    }

    private static boolean removeServers() throws ErrnoException, RulesException {
        try (IpvsFamily family = IpvsFamily.open();
                SetSocket sets = SetSocket.open()) {
            Set<SetElement> elements = Ipset.exists() ? Sets.elements(sets) : Set.of();
            return IpvsNode.removeServers(family, elements);
        } catch (ErrnoException e) {
            if (e.errno() == ErrnoException.ENOENT) {
                return false; // no IPVS in this kernel
            }
            throw e;
        }
    }

    private static boolean removeLink() throws ErrnoException {
        try (VipLink vips = VipLink.open()) {
            VipLink.Link link = vips.find();
            if (link == null || !link.isOurs()) {
                return false;
            }
            SystemSettings.of(link.alias()).restore();
            vips.delete();
            return true;
        }
    }

    @Override
    public long size() {
        return node == null ? 0 : node.size();
    }

    @Override
    public void close() {
        if (node != null) {
            node.close();
            node = null;
        }
    }
}
