package dev.penstock.l4.iptables;

import java.util.List;
import java.util.Map;

/**
 * The rules of one virtual service, as a pure function of it and of the node's facts.
 *
 * @param chains its own chains with their rules
 * @param dispatches its rules in chains that it shares with others
 */
record ServiceRules(Map<Chain, List<String>> chains, List<Dispatch> dispatches) {

    static final ServiceRules NONE = new ServiceRules(Map.of(), List.of());

    ServiceRules {
        chains = Map.copyOf(chains);
        dispatches = List.copyOf(dispatches);
    }
}
