package dev.penstock.l4.iptables;

import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.RulesException;
import dev.penstock.l4.node.VirtualServiceId;
import dev.penstock.model.address.IpFamily;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of one address family in the kernel. Not for two threads. */
final class FamilyRules {

    private final Iptables iptables;
    private final PresentRules present;
    private WantedRules wanted;

    private FamilyRules(Iptables iptables, PresentRules present, WantedRules wanted) {
        this.iptables = iptables;
        this.present = present;
        this.wanted = wanted;
    }

    /** Reads what is there. */
    static FamilyRules read(Iptables iptables, NodeFacts node, boolean hasHairpinMatch)
            throws RulesException {
        PresentRules present = PresentRules.none();
        for (String table : List.of(Chain.NAT, Chain.FILTER)) {
            present.read(table, iptables.save(table));
        }
        return new FamilyRules(
                iptables, present, new WantedRules(iptables.family(), node, hasHairpinMatch));
    }

    /** Brings everything to a plan. */
    int applyAll(NodePlan plan, boolean hasHairpinMatch) throws RulesException {
        IpFamily family = iptables.family();
        wanted = new WantedRules(family, plan.node(), hasHairpinMatch);
        plan.services()
                .forEach((id, service) -> {
                    if (id.family() == family) {
                        wanted.set(id, service);
                    }
                });
        if (!wanted.hasServices() && present.isEmpty()) {
            return 0; // a family that nobody uses gets no chains
        }
        Set<Chain> chains = new HashSet<>(present.chains().keySet());
        chains.addAll(wanted.takeChanged());
        return write(chains);
    }

    /** Brings to a plan what changed. */
    int apply(NodePlan plan, Set<VirtualServiceId> changed) throws RulesException {
        for (VirtualServiceId id : changed) {
            if (id.family() == iptables.family()) {
                wanted.set(id, plan.services().get(id));
            }
        }
        if (!wanted.hasServices() && present.isEmpty()) {
            return 0;
        }
        return write(wanted.takeChanged());
    }

    private int write(Set<Chain> chains) throws RulesException {
        RestoreInput input = new RestoreInput();
        List<Chain> written = new ArrayList<>();
        for (Chain chain : chains.stream().sorted().toList()) {
            List<String> rules = wanted.rules(chain);
            if (differs(present.chains().get(chain), rules)) {
                input.chain(chain, rules);
                written.add(chain);
            }
        }
        writeHooks(input);
        if (input.operations() > 0) {
            iptables.restore(input.text());
            written.forEach(chain -> present.set(chain, wanted.rules(chain)));
            present.hooks().clear();
            present.hooks().putAll(wanted.hooks());
        }
        return input.operations();
    }

    private static boolean differs(@Nullable List<String> there, @Nullable List<String> rules) {
        if (there == null || rules == null) {
            return there != null || rules != null;
        }
        return !RuleText.same(there, rules);
    }

    private void writeHooks(RestoreInput input) {
        wanted.hooks()
                .forEach((builtIn, rules) -> {
                    List<String> there = present.hooks().getOrDefault(builtIn, List.of());
                    for (String rule : rules.reversed()) {
                        if (there.stream().noneMatch(other -> isSame(rule, other))) {
                            input.hook(builtIn, rule);
                        }
                    }
                });
        present.hooks()
                .forEach((builtIn, there) -> {
                    List<String> rules = wanted.hooks().getOrDefault(builtIn, List.of());
                    for (String rule : there) {
                        if (rules.stream().noneMatch(other -> isSame(rule, other))) {
                            input.unhook(builtIn, rule);
                        }
                    }
                });
    }

    private static boolean isSame(String rule, String other) {
        return RuleText.same(List.of(rule), List.of(other));
    }

    /** Whether what leads to our chains is there, and what these begin and end with. */
    boolean isIntact() throws RulesException {
        if (present.isEmpty()) {
            return true;
        }
        StringBuilder input = new StringBuilder();
        for (String table : List.of(Chain.FILTER, Chain.NAT)) {
            input.append('*').append(table).append('\n');
            present.hooks().forEach((chain, rules) -> check(input, table, chain, rules));
            check(input, table, Chain.nat(ChainNames.POSTROUTING));
            check(input, table, Chain.nat(ChainNames.SERVICES));
            check(input, table, Chain.filter(ChainNames.FORWARD));
            input.append("COMMIT\n");
        }
        return iptables.check(input.toString());
    }

    private void check(StringBuilder input, String table, Chain chain) {
        check(input, table, chain, present.chains().getOrDefault(chain, List.of()));
    }

    private static void check(StringBuilder input, String table, Chain chain, List<String> rules) {
        if (chain.table().equals(table) && !rules.isEmpty()) {
            input.append("-C ").append(chain.name()).append(' ').append(rules.getLast());
            input.append('\n');
        }
    }

    /** Removes our chains and what leads to them; false where there was nothing. */
    boolean remove() throws RulesException {
        if (present.isEmpty()) {
            return false;
        }
        RestoreInput input = new RestoreInput();
        present.hooks()
                .forEach((builtIn, rules) -> rules.forEach(rule -> input.unhook(builtIn, rule)));
        present.chains().keySet().stream().sorted().forEach(chain -> input.chain(chain, null));
        iptables.restore(input.text());
        present.chains().clear();
        present.hooks().clear();
        return true;
    }

    long size() {
        return present.size();
    }

    Map<Chain, List<String>> chains() {
        return present.chains();
    }
}
