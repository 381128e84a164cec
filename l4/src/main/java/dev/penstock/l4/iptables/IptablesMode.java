package dev.penstock.l4.iptables;

import dev.penstock.l4.iptables.Iptables.Backend;
import dev.penstock.l4.node.Algorithm;
import dev.penstock.l4.node.Applied;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.RuleMode;
import dev.penstock.l4.node.RulesException;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.l4.node.VirtualServiceId;
import dev.penstock.model.address.IpFamily;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Services by iptables rules, in chains that one who knows kube-proxy's finds his way in. Each
 * family is a transaction per table.
 */
public final class IptablesMode implements RuleMode {

    private static final Logger LOG = LoggerFactory.getLogger(IptablesMode.class);

    private final @Nullable Backend backend;
    private final Map<IpFamily, FamilyRules> families = new EnumMap<>(IpFamily.class);
    private final RecentLists recentLists = new RecentLists();
    private final SctpMatch sctp = new SctpMatch();
    private boolean hasHairpinMatch = true;
    private @Nullable NodePlan applied;

    /** In the back end that the machine uses. */
    public IptablesMode() {
        this(null);
    }

    /**
     * In a back end.
     *
     * @param backend null for the one that the machine uses
     */
    public IptablesMode(@Nullable Backend backend) {
        this.backend = backend;
    }

    @Override
    public String name() {
        return "iptables";
    }

    @Override
    public @Nullable String missing() {
        try {
            for (IpFamily family : IpFamily.values()) {
                String missing = KernelParts.has(family) ? missing(iptables(family)) : null;
                if (missing != null) {
                    return missing;
                }
            }
            return null;
        } catch (RulesException e) {
            // Its own words are "you must be root", also where root lacks the capability.
            return String.valueOf(e.getMessage()).contains("Permission denied")
                    ? "rules of iptables need root, or the capabilities NET_ADMIN and NET_RAW"
                    : e.getMessage();
        }
    }

    private static @Nullable String missing(Iptables iptables) throws RulesException {
        if (!iptables.exists()) {
            return iptables.program() + "-restore and -save are not installed";
        }
        iptables.claim(Chain.NAT); // says so where we are not root
        return new KernelParts(iptables).missing();
    }

    @Override
    public Set<Algorithm> algorithms() {
        return EnumSet.of(Algorithm.RANDOM, Algorithm.ROUND_ROBIN, Algorithm.WEIGHTED);
    }

    private Iptables iptables(IpFamily family) throws RulesException {
        return backend == null ? Iptables.find(family) : Iptables.of(family, backend);
    }

    @Override
    public Applied apply(NodePlan plan) throws RulesException {
        NodePlan before = applied;
        applied = null; // until it succeeds, the next call compares everything
        Applied result = before == null ? applyAll(plan) : applyChanges(before, plan);
        applied = plan;
        return result;
    }

    private Applied applyAll(NodePlan plan) throws RulesException {
        prepareFor(plan, plan.services().keySet());
        int operations = 0;
        for (IpFamily family : IpFamily.values()) {
            operations += applyAll(plan, family);
        }
        return new Applied(true, operations);
    }

    private int applyAll(NodePlan plan, IpFamily family) throws RulesException {
        if (!KernelParts.has(family)) {
            families.remove(family);
            return 0;
        }
        try {
            return readAndApply(plan, family);
        } catch (RulesException e) {
            if (!hasHairpinMatch || !e.getMessage().contains("-m bpf")) {
                throw e;
            }
            LOG.warn(
                    "xt_bpf is missing: every endpoint gets a chain of its own, which takes longer"
                            + " with many Services");
            hasHairpinMatch = false;
            return readAndApply(plan, family);
        }
    }

    private int readAndApply(NodePlan plan, IpFamily family) throws RulesException {
        FamilyRules rules = FamilyRules.read(iptables(family), families.get(family), sctp);
        families.put(family, rules);
        return rules.applyAll(plan, hasHairpinMatch);
    }

    private Applied applyChanges(NodePlan before, NodePlan plan) throws RulesException {
        Set<VirtualServiceId> changed = plan.changedSince(before);
        boolean full = !plan.node().equals(before.node());
        prepareFor(plan, changed);
        int operations = 0;
        for (FamilyRules rules : families.values()) {
            operations +=
                    full
                            ? rules.applyAll(plan, hasHairpinMatch)
                            : rules.apply(plan, changed, hasHairpinMatch);
        }
        return new Applied(full, operations);
    }

    private void prepareFor(NodePlan plan, Set<VirtualServiceId> ids) {
        for (VirtualServiceId id : ids) {
            VirtualService service = plan.services().get(id);
            if (service != null && service.affinity() != null) {
                recentLists.prepare();
                return;
            }
        }
    }

    @Override
    public boolean isIntact() throws RulesException {
        for (FamilyRules rules : families.values()) {
            if (!rules.isIntact()) {
                applied = null;
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean remove() throws RulesException {
        applied = null;
        families.clear();
        boolean removed = false;
        for (IpFamily family : IpFamily.values()) {
            if (KernelParts.has(family)) {
                for (Iptables iptables : Iptables.all(family)) {
                    removed |= FamilyRules.read(iptables, null, sctp).remove();
                }
            }
        }
        return removed;
    }

    @Override
    public long size() {
        return families.values().stream().mapToLong(FamilyRules::size).sum();
    }

    @Override
    public void close() {
        families.clear();
        applied = null;
    }
}
