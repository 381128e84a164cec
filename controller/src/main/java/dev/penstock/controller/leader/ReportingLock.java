package dev.penstock.controller.leader;

import dev.penstock.controller.kubernetes.Failures;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A lock that says in the log, once for each cause, why it does not work. Losing a race against
 * another instance is no failure. Called by one thread at a time.
 */
final class ReportingLock implements Lock {

    private static final int CONFLICT = 409;

    private final Lock lock;
    private final Logger log;
    private String cause = "";

    ReportingLock(Lock lock, Logger log) {
        this.lock = lock;
        this.log = log;
    }

    @Override
    public @Nullable LeaderElectionRecord get(KubernetesClient client) {
        try {
            LeaderElectionRecord current = lock.get(client);
            cause = "";
            return current;
        } catch (KubernetesClientException e) {
            throw report(e);
        }
    }

    @Override
    public void create(KubernetesClient client, LeaderElectionRecord created) {
        try {
            lock.create(client, created);
        } catch (KubernetesClientException e) {
            throw report(e);
        }
    }

    @Override
    public void update(KubernetesClient client, LeaderElectionRecord updated) {
        try {
            lock.update(client, updated);
        } catch (KubernetesClientException e) {
            throw report(e);
        }
    }

    @Override
    public String identity() {
        return lock.identity();
    }

    @Override
    public String describe() {
        return lock.describe();
    }

    private KubernetesClientException report(KubernetesClientException e) {
        String now = Failures.describe(e);
        if (e.getCode() != CONFLICT && !now.equals(cause)) {
            cause = now;
            log.warn(
                    "cannot use the Lease {}: {}; status and Events wait for a leader;"
                            + " trying again",
                    lock.describe(),
                    now);
        }
        return e;
    }
}
