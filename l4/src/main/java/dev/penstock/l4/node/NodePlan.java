package dev.penstock.l4.node;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.collect.ShardedMap;
import java.util.Set;

/**
 * What a node's rules must do: an immutable value, the same for the same Services and facts.
 *
 * @param services the virtual services. An unchanged one is the same instance from one plan to the
 *     next
 * @param node what concerns all of them
 */
public record NodePlan(ShardedMap<VirtualServiceId, VirtualService> services, NodeFacts node) {

    /** No Services. */
    public static final NodePlan EMPTY = new NodePlan(ShardedMap.empty(), NodeFacts.NONE);

    public NodePlan {
        requireNonNull(services, "services");
        requireNonNull(node, "node");
    }

    /**
     * Which virtual services came, went or changed since another plan; costs what the change does.
     */
    public Set<VirtualServiceId> changedSince(NodePlan before) {
        return services.keysChangedSince(before.services);
    }
}
