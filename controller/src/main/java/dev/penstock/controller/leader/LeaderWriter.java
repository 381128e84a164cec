package dev.penstock.controller.leader;

import static java.util.Objects.requireNonNull;

import dev.penstock.controller.kubernetes.Failures;
import dev.penstock.controller.kubernetes.Pace;
import dev.penstock.model.ObjectRef;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what is not as it should be, object by object, on a thread of its own and only while this
 * instance is the leader. An object that somebody else writes over is not fought for: the same
 * value is written again only after a pause.
 */
public final class LeaderWriter implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LeaderWriter.class);

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int WRITES_PER_SECOND = 50;

    /** How long after a write of a value the same value is not written again. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final BooleanSupplier leader;
    private final Duration pause;
    private final Supplier<List<Write>> due;
    private final Pace pace = new Pace(WRITES_PER_SECOND, WRITES_PER_SECOND);
    private final Semaphore changes = new Semaphore(0);
    private final Thread thread;

    // Owned by the thread.
    private final Map<ObjectRef, Written> written = new HashMap<>();
    private String lastFailure = "";

    /**
     * What one object's status should say.
     *
     * @param object the object
     * @param value what to write; where it is equal to what was just written, its echo is waited
     *     for
     * @param request writes it
     */
    public record Write(ObjectRef object, List<String> value, Request request) {
        public Write {
            requireNonNull(object, "object");
            value = List.copyOf(value);
            requireNonNull(request, "request");
        }
    }

    /** Sends a value to the API server. */
    @FunctionalInterface
    public interface Request {

        /**
         * @return whether it was written; false where the object has changed, so that it is looked
         *     at anew when that is known here
         * @throws KubernetesClientException if it could not be written
         */
        boolean send();
    }

    /** What was written last. */
    private record Written(List<String> value, long nanos) {}

    /**
     * @param name of the thread
     * @param leadership whether this instance writes
     * @param due what is to be written now; asked by the thread, after each change and now and then
     */
    public LeaderWriter(String name, Leadership leadership, Supplier<List<Write>> due) {
        this(name, leadership::isLeader, PAUSE, due);
        leadership.whenElected(this::changed);
    }

    /**
     * Whoever makes one so says by {@link #changed} when the leader is another.
     *
     * @param leader whether this instance writes
     * @param pause how long after a write of a value the same value is not written again
     */
    LeaderWriter(String name, BooleanSupplier leader, Duration pause, Supplier<List<Write>> due) {
        this.leader = requireNonNull(leader, "leader");
        this.pause = requireNonNull(pause, "pause");
        this.due = requireNonNull(due, "due");
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    /** Starts to write. */
    public void start() {
        thread.start();
    }

    /** There may be something to write; returns at once. */
    public void changed() {
        changes.release();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                // Now and then even without a change: for what failed or had to wait.
                boolean _ = changes.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS);
                changes.drainPermits();
                if (leader.getAsBoolean()) {
                    writeAll();
                }
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    private void writeAll() throws InterruptedException {
        long now = System.nanoTime();
        written.values().removeIf(last -> now - last.nanos() >= pause.toNanos());
        for (Write write : due.get()) {
            Written last = written.get(write.object());
            if (last != null && last.value().equals(write.value())) {
                continue;
            }
            pace.await();
            if (!leader.getAsBoolean() || !send(write)) {
                return;
            }
        }
    }

    /** Returns whether it makes sense to go on with others. */
    private boolean send(Write write) {
        try {
            if (write.request().send()) {
                written.put(write.object(), new Written(write.value(), System.nanoTime()));
            }
            lastFailure = "";
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == NOT_FOUND || e.getCode() == CONFLICT) {
                // It has gone or changed, which is about to be seen here too.
                return true;
            }
            String failure = Failures.describe(e);
            if (!failure.equals(lastFailure)) {
                lastFailure = failure;
                log.warn(
                        "cannot write the status of {}: {}; trying again", write.object(), failure);
            }
            if (!Failures.isAboutRequest(e)) {
                return false;
            }
            // So that others' changes do not make it be refused again and again.
            written.put(write.object(), new Written(write.value(), System.nanoTime()));
            return true;
        }
    }
}
