package dev.penstock.l4.sync;

import dev.penstock.l4.node.Applied;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.model.service.Services;
import org.jspecify.annotations.Nullable;

/**
 * One successful sync.
 *
 * @param before the plan that was in force; null at the first sync of this process
 * @param plan the plan that is in force now
 * @param services what the plan was made of
 * @param applied what had to be done for it
 * @param nanos how long planning and applying took
 * @param latencyNanos how long it took since the oldest change it brought into force was noticed;
 *     negative where no change was waiting
 */
public record Sync(
        @Nullable NodePlan before,
        NodePlan plan,
        Services services,
        Applied applied,
        long nanos,
        long latencyNanos) {}
