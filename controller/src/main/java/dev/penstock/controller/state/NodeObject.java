package dev.penstock.controller.state;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Node.
 *
 * @param meta name, age and place
 * @param isLeaving whether it is being deleted, or the cluster's autoscaler is about to: load
 *     balancers are to give it no new connections (KEP-3836)
 * @param zone the value of its label {@code topology.kubernetes.io/zone}; null for none
 * @param findings what was wrong with its fields
 */
public record NodeObject(
        ObjectMeta meta, boolean isLeaving, @Nullable String zone, List<Finding> findings)
        implements KubernetesObject {

    /** The object's kind. */
    public static final String KIND = "Node";

    public NodeObject {
        requireNonNull(meta, "meta");
        findings = List.copyOf(findings);
    }

    @Override
    public NodeObject withMeta(ObjectMeta newMeta) {
        return new NodeObject(newMeta, isLeaving, zone, findings);
    }
}
