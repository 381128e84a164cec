/**
 * What a node's rules must do for Services, as kube-proxy understands them, and what every mode of
 * making such rules has in common.
 *
 * <p>Entry types: {@link dev.penstock.l4.node.NodePlanner} turns Services into a {@link
 * dev.penstock.l4.node.NodePlan}, a value; a {@link dev.penstock.l4.node.RuleMode} brings the
 * kernel, or sockets of its own, to that plan.
 *
 * <p>Threads: values are immutable; a planner and a mode belong to one thread at a time.
 */
@NullMarked
package dev.penstock.l4.node;

import org.jspecify.annotations.NullMarked;
