package dev.penstock.app.node;

import dev.penstock.app.admin.AdminAnswer;
import dev.penstock.app.admin.AdminPage;
import dev.penstock.app.admin.AdminQuery;
import dev.penstock.l4.sync.SyncState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code /healthz} and {@code /livez} as kube-proxy 1.36 answers them (KEP-3836): 503 while a
 * change waits for two sync periods or more and, for the first, while the node is about to go. Also
 * before the first sync, when kube-proxy says 200 already.
 */
final class HealthPage implements AdminPage {

    private final Supplier<SyncState> state;
    private final Duration patience;
    private final @Nullable BooleanSupplier isNodeEligible;

    /**
     * Makes a page.
     *
     * @param isNodeEligible whether this node may get new connections; null where the page does not
     *     go by that
     */
    HealthPage(
            Supplier<SyncState> state,
            Duration syncPeriod,
            @Nullable BooleanSupplier isNodeEligible) {
        this.state = state;
        this.patience = syncPeriod.multipliedBy(2);
        this.isNodeEligible = isNodeEligible;
    }

    /** Whether the rules are up to date, or have not been behind for long. */
    boolean isHealthy() {
        SyncState now = state.get();
        Long pendingSince = now.pendingSinceNanos();
        return now.lastApplied() != null
                && (pendingSince == null || System.nanoTime() - pendingSince < patience.toNanos());
    }

    @Override
    public AdminAnswer answer(AdminQuery query) {
        boolean eligible = isNodeEligible == null || isNodeEligible.getAsBoolean();
        boolean healthy = isHealthy();
        Instant lastApplied = state.get().lastApplied();
        Instant updated = lastApplied == null ? Instant.EPOCH : lastApplied;
        Instant now = Instant.now();
        // kube-proxy has a time that is recent as long as all is well, for those who go by that.
        // The rules of both families are made in one sync.
        String json =
                """
                {"lastUpdated":"%s","currentTime":"%s",%s"healthy":%s,"status":\
                {"IPv4":{"lastUpdated":"%s","healthy":%4$s},\
                "IPv6":{"lastUpdated":"%5$s","healthy":%4$s}}}
                """
                        .formatted(
                                healthy && eligible ? now : updated,
                                now,
                                isNodeEligible == null ? "" : "\"nodeEligible\":" + eligible + ",",
                                healthy,
                                updated);
        return AdminAnswer.json(
                healthy && eligible ? 200 : 503, json.getBytes(StandardCharsets.UTF_8));
    }
}
