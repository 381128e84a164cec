package dev.penstock.app.serve;

import dev.penstock.controller.status.PublishSettings;
import dev.penstock.model.service.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * What is written to a cluster, and by whom.
 *
 * @param publish the addresses in the status of Ingresses; null to write no status
 * @param lease the Lease by which the writer is elected; null for one in the own namespace
 */
public record ClusterSettings(@Nullable PublishSettings publish, @Nullable ServiceName lease) {

    /** Writes no status. */
    public static final ClusterSettings NONE = new ClusterSettings(null, null);
}
