package dev.penstock.l4.iptables;

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
    private final Notes notes;
    private final BuiltInChains builtInChains;
    private final SctpMatch sctp;
    private @Nullable WantedRules wanted;
    private boolean wantsLocalnet;

    private FamilyRules(Iptables iptables, PresentRules present, Notes notes, SctpMatch sctp) {
        this.iptables = iptables;
        this.sctp = sctp;
        this.present = present;
        this.notes = notes;
        this.builtInChains = new BuiltInChains(iptables);
    }

    /**
     * Reads what is there.
     *
     * @param former what this program knew before, whose notes hold where somebody else removed
     *     them; null for nothing
     */
    static FamilyRules read(Iptables iptables, @Nullable FamilyRules former, SctpMatch sctp)
            throws RulesException {
        PresentRules present = PresentRules.none();
        for (String table : List.of(Chain.NAT, Chain.FILTER)) {
            present.read(table, iptables.save(table));
        }
        Notes notes = Notes.of(present);
        if (former != null && former.iptables.equals(iptables)) {
            notes.addMissing(former.notes);
        }
        return new FamilyRules(iptables, present, notes, sctp);
    }

    /** Brings everything to a plan. */
    int applyAll(NodePlan plan, boolean hasHairpinMatch) throws RulesException {
        IpFamily family = iptables.family();
        boolean hasServices =
                plan.services().keySet().stream().anyMatch(id -> id.family() == family);
        if (!hasServices && present.isEmpty()) {
            wanted = null; // a family that nobody uses gets no chains
            return 0;
        }
        wantsLocalnet = FixedRules.hasLocalhost(family, plan.node());
        builtInChains.note(
                FixedRules.BUILT_IN.stream()
                        .filter(chain ->
                                !hasCanary(chain.table()) && notes.in(chain.table()).isEmpty())
                        .toList(),
                notes);
        if (wantsLocalnet) {
            LocalnetRoutes.note(notes);
        } else {
            LocalnetRoutes.restore(notes);
        }
        WantedRules rules = new WantedRules(family, plan.node(), hasHairpinMatch, notes);
        plan.services()
                .forEach((id, service) -> {
                    if (id.family() == family) {
                        rules.set(id, sctp.servable(id, service, iptables));
                    }
                });
        wanted = rules;
        Set<Chain> chains = new HashSet<>(present.chains().keySet());
        chains.addAll(rules.takeChanged());
        int operations = write(rules, chains);
        if (wantsLocalnet) {
            LocalnetRoutes.turnOn(); // only now that the rules guard the loopback addresses
        }
        return operations;
    }

    private boolean hasCanary(String table) {
        return present.chains().containsKey(new Chain(table, ChainNames.CANARY));
    }

    /** Brings to a plan what changed. */
    int apply(NodePlan plan, Set<VirtualServiceId> changed, boolean hasHairpinMatch)
            throws RulesException {
        WantedRules rules = wanted;
        if (rules == null) {
            return applyAll(plan, hasHairpinMatch);
        }
        for (VirtualServiceId id : changed) {
            if (id.family() == iptables.family()) {
                rules.set(id, sctp.servable(id, plan.services().get(id), iptables));
            }
        }
        return write(rules, rules.takeChanged());
    }

    private int write(WantedRules rules, Set<Chain> chains) throws RulesException {
        RestoreInput input = new RestoreInput();
        List<Chain> written = new ArrayList<>();
        for (Chain chain : chains.stream().sorted().toList()) {
            List<String> next = rules.rules(chain);
            if (differs(present.chains().get(chain), next)) {
                input.chain(chain, next);
                written.add(chain);
            }
        }
        writeHooks(rules.hooks(), input);
        if (input.operations() > 0) {
            iptables.restore(input.text());
            written.forEach(chain -> present.set(chain, rules.rules(chain)));
            present.hooks().clear();
            present.hooks().putAll(rules.hooks());
        }
        return input.operations();
    }

    private static boolean differs(@Nullable List<String> there, @Nullable List<String> rules) {
        if (there == null || rules == null) {
            return there != null || rules != null;
        }
        return !RuleText.same(there, rules);
    }

    private void writeHooks(Map<Chain, List<String>> wantedHooks, RestoreInput input) {
        wantedHooks.forEach((builtIn, rules) -> {
            for (String rule : rules.reversed()) {
                if (!has(present.hooks(), builtIn, rule)) {
                    input.hook(builtIn, rule);
                }
            }
        });
        present.hooks()
                .forEach((builtIn, rules) -> {
                    for (String rule : rules) {
                        if (!has(wantedHooks, builtIn, rule)) {
                            input.unhook(builtIn, rule);
                        }
                    }
                });
    }

    private static boolean has(Map<Chain, List<String>> hooks, Chain builtIn, String rule) {
        return hooks.getOrDefault(builtIn, List.of()).stream()
                .anyMatch(other -> RuleText.same(List.of(rule), List.of(other)));
    }

    /** Whether what leads to our chains is there, and what these begin and end with. */
    boolean isIntact() throws RulesException {
        if (present.isEmpty()) {
            return true;
        }
        if (wantsLocalnet && !LocalnetRoutes.isOn()) {
            return false;
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
        LocalnetRoutes.restore(notes); // while the rules still guard the loopback addresses
        RestoreInput input = new RestoreInput();
        present.hooks()
                .forEach((builtIn, rules) -> rules.forEach(rule -> input.unhook(builtIn, rule)));
        present.chains().keySet().stream().sorted().forEach(chain -> input.chain(chain, null));
        iptables.restore(input.text());
        builtInChains.removeNoted(notes);
        return true;
    }

    long size() {
        return present.size();
    }
}
