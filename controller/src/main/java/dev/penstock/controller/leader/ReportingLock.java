package dev.penstock.controller.leader;

import dev.penstock.controller.kubernetes.Failures;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A lock that says in the log, once for each cause, why it does not work. Losing a race against
 * another instance is no failure. Called by one thread at a time.
 */
final class ReportingLock implements Lock {

    private static final int CONFLICT = 409;

    private final Lock lock;
    private final String name;
    private final Logger log;

    /** Why each operation that does not work does not. */
    private final Map<Operation, String> causes = new EnumMap<>(Operation.class);

    private enum Operation {
        GET,
        CREATE,
        UPDATE
    }

    /**
     * @param name the lock as the log names it
     */
    ReportingLock(Lock lock, String name, Logger log) {
        this.lock = lock;
        this.name = name;
        this.log = log;
    }

    @Override
    public @Nullable LeaderElectionRecord get(KubernetesClient client) {
        try {
            LeaderElectionRecord current = lock.get(client);
            causes.remove(Operation.GET);
            return current;
        } catch (KubernetesClientException e) {
            throw report(Operation.GET, e);
        }
    }

    @Override
    public void create(KubernetesClient client, LeaderElectionRecord created) {
        try {
            lock.create(client, created);
            causes.clear();
        } catch (KubernetesClientException e) {
            throw report(Operation.CREATE, e);
        }
    }

    @Override
    public void update(KubernetesClient client, LeaderElectionRecord updated) {
        try {
            lock.update(client, updated);
            causes.clear();
        } catch (KubernetesClientException e) {
            throw report(Operation.UPDATE, e);
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

    private KubernetesClientException report(Operation operation, KubernetesClientException e) {
        String now = Failures.describe(e);
        if (e.getCode() != CONFLICT && !now.equals(causes.put(operation, now))) {
            log.warn(
                    "cannot use the Lease {}: {}; status and Events wait for a leader;"
                            + " trying again",
                    name,
                    now);
        }
        return e;
    }
}
