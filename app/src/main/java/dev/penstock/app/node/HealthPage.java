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

/**
 * {@code /healthz} and {@code /livez} as kube-proxy answers them (KEP-3836): 503 before the first
 * sync, while a change waits for more than two sync periods, and, for the first, while the node is
 * about to go.
 */
final class HealthPage implements AdminPage {

    private final Supplier<SyncState> state;
    private final Duration patience;
    private final BooleanSupplier isNodeEligible;

    HealthPage(Supplier<SyncState> state, Duration syncPeriod, BooleanSupplier isNodeEligible) {
        this.state = state;
        this.patience = syncPeriod.multipliedBy(2);
        this.isNodeEligible = isNodeEligible;
    }

    /** Whether the rules are up to date, or have not been behind for long. */
    boolean isHealthy() {
        SyncState now = state.get();
        Long pendingSince = now.pendingSinceNanos();
        return now.lastApplied() != null
                && (pendingSince == null || System.nanoTime() - pendingSince <= patience.toNanos());
    }

    @Override
    public AdminAnswer answer(AdminQuery query) {
        boolean eligible = isNodeEligible.getAsBoolean();
        Instant lastApplied = state.get().lastApplied();
        String json =
                "{\"lastUpdated\":\"%s\",\"currentTime\":\"%s\",\"nodeEligible\":%s}%n"
                        .formatted(
                                lastApplied == null ? Instant.EPOCH : lastApplied,
                                Instant.now(),
                                eligible);
        return AdminAnswer.json(
                isHealthy() && eligible ? 200 : 503, json.getBytes(StandardCharsets.UTF_8));
    }
}
