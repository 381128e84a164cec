package dev.penstock.controller.leader;

import dev.penstock.controller.kubernetes.ClusterConnection;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes part in the election of a leader for as long as it is open, whatever happens to the API
 * server. A leader that is closed gives the Lease back, so that the next one need not wait for it
 * to run out.
 */
public final class Leadership implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Leadership.class);

    private final ClusterConnection connection;
    private final LeaderSettings settings;
    private final Lock lock;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Thread thread;

    private volatile boolean leading;
    private volatile boolean closed;

    /**
     * @param connection the API server; stays open when this is closed
     * @param settings the Lease and the timings
     */
    public Leadership(ClusterConnection connection, LeaderSettings settings) {
        this.connection = connection;
        this.settings = settings;
        this.lock =
                new ReportingLock(
                        new LeaseLock(settings.namespace(), settings.lease(), settings.identity()),
                        settings.namespace() + "/" + settings.lease(),
                        log);
        this.thread = Thread.ofVirtual().name("penstock-leader").unstarted(this::run);
    }

    /** Calls a listener each time this instance becomes the leader; to be set before the start. */
    public void whenElected(Runnable listener) {
        listeners.add(listener);
    }

    /** Starts to take part. */
    public void start() {
        thread.start();
    }

    /** Whether this instance is the leader, as far as it knows. */
    public boolean isLeader() {
        return leading;
    }

    /** The name of this instance. */
    public String identity() {
        return settings.identity();
    }

    /** Gives the Lease back if it is held here, and takes part no more. */
    @Override
    public void close() {
        closed = true;
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        thread.interrupt();
        try {
            // Giving back is one request; an API server that is away must not hold up the end.
            thread.join(settings.retryPeriod());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!closed) {
                oneTerm();
                Thread.sleep(settings.retryPeriod());
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    /** Waits to be elected, leads, and returns when that is over. */
    private void oneTerm() throws InterruptedException {
        CompletableFuture<Void> over = new CompletableFuture<>();
        LeaderCallbacks callbacks =
                new LeaderCallbacks(
                        this::elected,
                        () -> {
                            deposed();
                            over.complete(null);
                        },
                        this::leaderIs);
        LeaderElectionConfig config =
                new LeaderElectionConfig(
                        lock,
                        settings.leaseDuration(),
                        settings.renewDeadline(),
                        settings.retryPeriod(),
                        callbacks,
                        true,
                        settings.lease());
        CompletableFuture<?> term =
                connection.client().leaderElector().withConfig(config).build().start();
        boolean interrupted = false;
        try {
            // An elector serves one term; either of the two may be the only sign of its end.
            CompletableFuture.anyOf(term, over).get();
        } catch (ExecutionException e) {
            log.debug("the election ended", e);
        } catch (InterruptedException _) {
            // Closed: giving back, which follows, must not be interrupted as well.
            interrupted = true;
        }
        term.cancel(true);
        deposed();
        if (interrupted) {
            throw new InterruptedException();
        }
    }

    private void elected() {
        leading = true;
        log.info("this instance, {}, is the leader", settings.identity());
        listeners.forEach(Runnable::run);
    }

    private void deposed() {
        if (leading) {
            leading = false;
            log.info("this instance, {}, is no longer the leader", settings.identity());
        }
    }

    private void leaderIs(@Nullable String identity) {
        if (identity != null && !identity.isEmpty() && !identity.equals(settings.identity())) {
            log.info("the leader is {}", identity);
        }
    }
}
