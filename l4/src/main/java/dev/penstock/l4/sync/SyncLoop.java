package dev.penstock.l4.sync;

import static java.util.Objects.requireNonNull;

import dev.penstock.l4.node.Applied;
import dev.penstock.l4.node.NodeFacts;
import dev.penstock.l4.node.NodePlan;
import dev.penstock.l4.node.NodePlanner;
import dev.penstock.l4.node.RuleMode;
import dev.penstock.l4.node.RulesException;
import dev.penstock.model.service.Services;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a node's rules to the newest Services and keeps them there. Services that find the loop
 * idle are applied at once; of those that come meanwhile only the newest are. After a sync it rests
 * as long as that took, {@link #REST_MAX_NANOS} at most, so that a stream of changes takes half of
 * a processor and no more. Nothing is done before the first Services come.
 *
 * <p>It owns the planner and the mode, and closes the mode in the end.
 */
public final class SyncLoop implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SyncLoop.class);

    private static final long REST_MAX_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final RuleMode mode;
    private final NodePlanner planner;
    private final Supplier<NodeFacts> factsReader;
    private final SyncSettings settings;
    private final SyncListener listener;
    private final Thread thread;

    // Guarded by this.
    private @Nullable Services next;
    private long nextSeenNanos;
    private boolean closed;
    private SyncState state = SyncState.START;

    // Owned by the loop's thread.
    private @Nullable Services services;
    private @Nullable NodeFacts facts;
    private @Nullable NodePlan applied;
    private @Nullable Long seenNanos;
    private boolean due;

    /** Whether rules were found gone, and are not made anew yet. */
    private boolean gone;

    private long restUntil;
    private long checkAt;
    private long syncAt;
    private long retryNanos;
    private String lastFailure = "";
    private final AddressNews addresses = new AddressNews();

    /**
     * Makes a loop that does nothing yet.
     *
     * @param factsReader says what is so on this node now; asked regularly, on the loop's thread
     */
    public SyncLoop(
            RuleMode mode,
            NodePlanner planner,
            Supplier<NodeFacts> factsReader,
            SyncSettings settings,
            SyncListener listener) {
        this.mode = requireNonNull(mode, "mode");
        this.planner = requireNonNull(planner, "planner");
        this.factsReader = requireNonNull(factsReader, "factsReader");
        this.settings = requireNonNull(settings, "settings");
        this.listener = requireNonNull(listener, "listener");
        this.thread = Thread.ofPlatform().name("penstock-node").daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /**
     * Hands over all Services there are; returns at once.
     *
     * @param changeSeenNanos the {@link System#nanoTime()} at which the oldest change was noticed
     */
    public synchronized void offer(Services newServices, long changeSeenNanos) {
        if (next == null) {
            nextSeenNanos = changeSeenNanos;
        }
        next = newServices;
        state = state.queued(Instant.now(), System.nanoTime());
        notifyAll();
    }

    /** How far it is. */
    public synchronized SyncState state() {
        return state;
    }

    /** Stops after what is being done now, and closes the mode. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        restUntil = System.nanoTime();
        checkAt = restUntil;
        syncAt = restUntil;
        try {
            while (await()) {
                work();
            }
        } catch (InterruptedException _) {
            // Nobody interrupts it but who wants it to end.
            Thread.currentThread().interrupt();
        } finally {
            mode.close();
        }
    }

    /** Waits until there is something to do; false when it is to end. */
    private synchronized boolean await() throws InterruptedException {
        while (!closed) {
            if (next == null && services == null) {
                wait();
                continue;
            }
            long left = wakeAt() - System.nanoTime();
            if (left <= 0) {
                take();
                return true;
            }
            // Rounded up, so that it does not spin through the last millisecond.
            wait(left / 1_000_000 + 1);
        }
        return false;
    }

    private long wakeAt() {
        if (next != null) {
            return restUntil;
        }
        if (due) {
            return syncAt;
        }
        return checkAt - syncAt < 0 ? checkAt : syncAt;
    }

    private void take() {
        if (next == null) {
            return;
        }
        services = next;
        next = null;
        due = true;
        retryNanos = 0;
        seenNanos = seenNanos == null ? nextSeenNanos : seenNanos;
    }

    private void work() {
        long now = System.nanoTime();
        if (facts == null || checkAt - now <= 0) {
            try {
                check();
            } catch (RuntimeException e) {
                // A fault of our own must not end the loop: what is in force stays and is kept up.
                log.debug("A check failed", e);
                checkAt = now + settings.checkPeriod().toNanos();
                reportFailure("the rules cannot be looked at: " + e);
            }
        }
        if (due || syncAt - now <= 0) {
            sync();
        }
    }

    /** Looks whether anything changed beside the Services. */
    private void check() {
        NodeFacts read = factsReader.get();
        if (!read.equals(facts)) {
            due = true;
            facts = read;
        }
        String news = addresses.of(read.addresses(), System.nanoTime());
        if (news != null) {
            log.info(news);
        }
        // What is due is compared, or has failed and will be.
        if (applied != null && !due && !isIntact()) {
            due = true;
            gone = true;
        }
        checkAt = System.nanoTime() + settings.checkPeriod().toNanos();
    }

    private boolean isIntact() {
        try {
            if (mode.isIntact()) {
                return true;
            }
            log.warn(
                    "Rules of mode {} are gone or not as they were left: something else changed"
                            + " them; they are made anew",
                    mode.name());
            tell(listener::repairing);
            return false;
        } catch (RulesException e) {
            reportFailure("the rules cannot be looked at: " + e.getMessage());
            return true;
        }
    }

    private void sync() {
        Services wanted = requireNonNull(services);
        long start = System.nanoTime();
        Runnable news;
        try {
            NodePlan plan = planner.plan(wanted, requireNonNull(facts));
            Applied result = mode.apply(plan);
            Sync sync = succeeded(wanted, plan, result, start);
            news = () -> listener.applied(sync);
        } catch (RulesException e) {
            news = failed(wanted, String.valueOf(e.getMessage()), start);
        } catch (RuntimeException e) {
            // A fault of our own must not stop later changes; what was in force stays so.
            log.debug("A sync failed", e);
            news = failed(wanted, e.toString(), start);
        }
        tell(news);
        long end = System.nanoTime();
        restUntil =
                Math.max(
                        start + settings.minPeriod().toNanos(),
                        end + Math.min(end - start, REST_MAX_NANOS));
    }

    /**
     * Tells the listener something. The rules are as they are by then: a fault of the listener is
     * no reason to make them again.
     */
    private static void tell(Runnable news) {
        try {
            news.run();
        } catch (RuntimeException e) {
            log.error("What follows a sync failed; the rules are not affected", e);
        }
    }

    private Sync succeeded(Services wanted, NodePlan plan, Applied result, long start) {
        long end = System.nanoTime();
        Sync sync =
                new Sync(
                        applied,
                        plan,
                        wanted,
                        result,
                        end - start,
                        seenNanos == null ? -1 : end - seenNanos);
        applied = plan;
        seenNanos = null;
        due = false;
        gone = false;
        retryNanos = 0;
        syncAt = end + settings.period().toNanos();
        synchronized (this) {
            state = state.applied(Instant.now(), next == null ? null : nextSeenNanos);
        }
        if (!lastFailure.isEmpty()) {
            log.info("The rules are as wanted again");
            lastFailure = "";
        }
        log.debug("Sync: {} operations in {} us", result.operations(), (end - start) / 1_000);
        return sync;
    }

    /** Takes note of a failure; returns what the listener is to be told. */
    private Runnable failed(Services wanted, String reason, long start) {
        long end = System.nanoTime();
        due = true;
        retryNanos =
                retryNanos == 0
                        ? settings.retryMin().toNanos()
                        : Math.min(2 * retryNanos, settings.retryMax().toNanos());
        syncAt = end + retryNanos;
        synchronized (this) {
            state = state.failed(end);
        }
        reportFailure(
                "the rules could not be brought up to date: "
                        + reason
                        + (applied == null || gone ? "" : "; the last good ones stay")
                        + "; it is tried again");
        NodeFacts node = requireNonNull(facts);
        return () -> listener.failed(wanted, node, reason, end - start);
    }

    /** Logs a failure once, until it is another one or none. */
    private void reportFailure(String failure) {
        if (!failure.equals(lastFailure)) {
            lastFailure = failure;
            log.warn("Mode {}: {}", mode.name(), failure);
        }
    }
}
