package dev.penstock.l4.iptables;

import static java.util.Objects.requireNonNull;

import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.l4.node.VirtualServiceId;
import dev.penstock.model.address.IpFamily;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All chains of one family as a plan wants them, kept so that a change costs what it changes. Not
 * for two threads.
 */
final class WantedRules {

    private final IpFamily family;
    private final NodeFacts node;
    private final boolean hasHairpinMatch;
    private final FixedRules fixed;
    private final Map<VirtualServiceId, ServiceRules> services = new HashMap<>();
    private final Map<Chain, List<String>> own = new HashMap<>();
    private final Map<Chain, NavigableSet<String>> shared = new HashMap<>();
    private final Set<Chain> changed = new HashSet<>();

    /** No Services. */
    WantedRules(IpFamily family, NodeFacts node, boolean hasHairpinMatch, Notes notes) {
        this.family = family;
        this.node = node;
        this.hasHairpinMatch = hasHairpinMatch;
        this.fixed = FixedRules.of(family, node, hasHairpinMatch, notes);
        changed.addAll(fixed.chains().keySet());
    }

    /**
     * Sets the rules of a virtual service.
     *
     * @param service what it is now; null when it is gone
     */
    void set(VirtualServiceId id, @Nullable VirtualService service) {
        ServiceRules next =
                service == null
                        ? ServiceRules.NONE
                        : ServiceRulesWriter.write(service, node, hasHairpinMatch);
        ServiceRules former = service == null ? services.remove(id) : services.put(id, next);
        if (former != null) {
            former.dispatches().forEach(this::remove);
            own.keySet().removeAll(former.chains().keySet());
            changed.addAll(former.chains().keySet());
        }
        next.dispatches().forEach(this::add);
        own.putAll(next.chains());
        changed.addAll(next.chains().keySet());
    }

    private void add(Dispatch dispatch) {
        NavigableSet<String> rules = shared.computeIfAbsent(dispatch.leaf(), _ -> new TreeSet<>());
        boolean first = rules.isEmpty();
        rules.add(dispatch.rule());
        changed.add(dispatch.leaf());
        Dispatch link = first ? Dispatch.linkTo(dispatch.leaf(), family) : null;
        if (link != null) {
            add(link);
        }
    }

    private void remove(Dispatch dispatch) {
        NavigableSet<String> rules = shared.getOrDefault(dispatch.leaf(), new TreeSet<>());
        rules.remove(dispatch.rule());
        changed.add(dispatch.leaf());
        if (rules.isEmpty()) {
            shared.remove(dispatch.leaf());
            Dispatch link = Dispatch.linkTo(dispatch.leaf(), family);
            if (link != null) {
                remove(link);
            }
        }
    }

    /** The rules of a chain; null where there must not be one. */
    @Nullable List<String> rules(Chain chain) {
        List<String> ownRules = own.get(chain);
        if (ownRules != null) {
            return ownRules;
        }
        List<String> head = fixed.chains().get(chain);
        NavigableSet<String> middle = shared.get(chain);
        if (head == null && middle == null) {
            return null;
        }
        List<String> rules = new ArrayList<>(head == null ? List.of() : head);
        rules.addAll(middle == null ? Collections.emptySortedSet() : middle);
        rules.addAll(fixed.tails().getOrDefault(chain, List.of()));
        return List.copyOf(rules);
    }

    /** All chains with their rules. */
    Map<Chain, List<String>> all() {
        Set<Chain> chains = new HashSet<>(fixed.chains().keySet());
        chains.addAll(own.keySet());
        chains.addAll(shared.keySet());
        Map<Chain, List<String>> all = new HashMap<>();
        chains.forEach(chain -> all.put(chain, requireNonNull(rules(chain))));
        return all;
    }

    /** What leads from the built-in chains to ours. */
    Map<Chain, List<String>> hooks() {
        return fixed.hooks();
    }

    /** The chains that may have changed since the last call. */
    Set<Chain> takeChanged() {
        Set<Chain> taken = Set.copyOf(changed);
        changed.clear();
        return taken;
    }

    boolean hasServices() {
        return !services.isEmpty();
    }
}
