package dev.penstock.l4.userspace;

import dev.penstock.l4.command.Command;
import dev.penstock.l4.iptables.Iptables;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.RulesException;
import dev.penstock.l4.node.VirtualServiceId;
import dev.penstock.model.address.IpFamily;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Redirections by iptables, in chains of our own: for kernels without nf_tables. Each table of each
 * family is a transaction of its own.
 */
final class IptablesRedirects implements Redirects {

    private static final List<String> TABLES = List.of("nat", "filter");

    private final Iptables.@Nullable Backend backend;
    private final Map<IpFamily, Iptables> programs = new EnumMap<>(IpFamily.class);
    private final Map<VirtualServiceId, List<IptablesText.Rule>> present = new HashMap<>();
    private NodeFacts node = NodeFacts.NONE;
    private long rules;

    /** By the programs that this machine uses. */
    IptablesRedirects() {
        this(null);
    }

    /** By the programs of a back end; null for those that this machine uses. */
    IptablesRedirects(Iptables.@Nullable Backend backend) {
        this.backend = backend;
    }

    private Iptables program(IpFamily family) throws RulesException {
        Iptables known = programs.get(family);
        if (known == null) {
            known = backend == null ? Iptables.find(family) : Iptables.of(family, backend);
            programs.put(family, known);
        }
        return known;
    }

    @Override
    public @Nullable String missing() {
        try {
            program(IpFamily.IPV4).restore(IptablesText.PROBE);
            return null;
        } catch (RulesException e) {
            return e.getMessage();
        }
    }

    @Override
    public int replace(Map<VirtualServiceId, Redirect> redirects, NodeFacts facts)
            throws RulesException {
        node = facts;
        Map<VirtualServiceId, List<IptablesText.Rule>> next = new HashMap<>();
        Map<IpFamily, List<IptablesText.Rule>> byFamily = new EnumMap<>(IpFamily.class);
        byFamily.put(IpFamily.IPV4, new ArrayList<>());
        redirects.forEach((id, redirect) -> {
            List<IptablesText.Rule> own = IptablesText.rules(redirect, facts);
            next.put(id, own);
            byFamily.computeIfAbsent(id.family(), _ -> new ArrayList<>()).addAll(own);
        });
        int count = 0;
        for (Map.Entry<IpFamily, List<IptablesText.Rule>> entry : byFamily.entrySet()) {
            replace(entry.getKey(), entry.getValue());
            count += entry.getValue().size();
        }
        if (!byFamily.containsKey(IpFamily.IPV6) && Command.exists("ip6tables")) {
            boolean _ = remove(program(IpFamily.IPV6));
        }
        present.clear();
        present.putAll(next);
        rules = count;
        return count;
    }

    private void replace(IpFamily family, List<IptablesText.Rule> services) throws RulesException {
        Iptables program = program(family);
        List<IptablesText.Rule> absent = new ArrayList<>();
        for (IptablesText.Rule jump : IptablesText.jumps()) {
            if (!program.check(IptablesText.check(jump))) {
                absent.add(jump);
            }
        }
        program.restore(IptablesText.everything(family, node, services, absent));
    }

    @Override
    public int update(Set<VirtualServiceId> changed, Map<VirtualServiceId, Redirect> redirects)
            throws RulesException {
        Map<VirtualServiceId, List<IptablesText.Rule>> next = new HashMap<>();
        int count = 0;
        for (IpFamily family : IpFamily.values()) {
            List<IptablesText.Rule> gone = new ArrayList<>();
            List<IptablesText.Rule> come = new ArrayList<>();
            for (VirtualServiceId id : changed) {
                if (id.family() == family) {
                    Redirect redirect = redirects.get(id);
                    List<IptablesText.Rule> before = present.getOrDefault(id, List.of());
                    List<IptablesText.Rule> after =
                            redirect == null ? List.of() : IptablesText.rules(redirect, node);
                    next.put(id, after);
                    if (!before.equals(after)) { // their order counts
                        gone.addAll(before);
                        come.addAll(after);
                    }
                }
            }
            count += change(family, gone, come);
            rules += come.size() - gone.size();
        }
        next.forEach((id, own) -> {
            if (own.isEmpty()) {
                present.remove(id);
            } else {
                present.put(id, own);
            }
        });
        return count;
    }

    private int change(IpFamily family, List<IptablesText.Rule> gone, List<IptablesText.Rule> come)
            throws RulesException {
        if (gone.isEmpty() && come.isEmpty()) {
            return 0;
        }
        if (family == IpFamily.IPV6
                && !program(family).check(IptablesText.check(IptablesText.jumps().getFirst()))) {
            replace(family, come); // the first Service of the family
        } else {
            program(family).restore(IptablesText.change(gone, come));
        }
        return gone.size() + come.size();
    }

    @Override
    public boolean isIntact() throws RulesException {
        for (IpFamily family : IpFamily.values()) {
            boolean used = present.keySet().stream().anyMatch(id -> id.family() == family);
            if (used || family == IpFamily.IPV4) {
                for (IptablesText.Rule jump : IptablesText.jumps()) {
                    if (!program(family).check(IptablesText.check(jump))) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    /** Removes them from the tables of both back ends: an earlier run may have had the other. */
    @Override
    public boolean remove() throws RulesException {
        boolean any = false;
        for (IpFamily family : IpFamily.values()) {
            for (Iptables program : Iptables.all(family)) {
                any |= remove(program);
            }
        }
        present.clear();
        rules = 0;
        return any;
    }

    private static boolean remove(Iptables program) throws RulesException {
        boolean any = false;
        for (String table : TABLES) {
            // What other modes have in the table may take seconds to print.
            if (!program.mayHaveAny(table, IptablesText.ENTRIES)) {
                continue;
            }
            String removal = IptablesText.removal(table, program.save(table));
            if (removal != null) {
                program.restore(removal);
                any = true;
            }
        }
        return any;
    }

    @Override
    public long size() {
        return rules;
    }

    @Override
    public void close() {
        programs.clear();
    }
}
