package dev.penstock.controller.kubernetes;

import static java.util.Objects.requireNonNull;

import dev.penstock.controller.decode.Decoded;
import dev.penstock.model.ObjectRef;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Changes on their way from many watches to the one thread that owns the state. Of several changes
 * of one object only the last is kept, so it never holds more than there are objects. Whoever takes
 * while it is empty gets a change at once; whoever was busy gets all that came meanwhile.
 */
final class Inbox {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private Map<ObjectRef, Change> changes = new LinkedHashMap<>();
    private long oldestNanos;
    private boolean woken;
    private boolean closed;

    /**
     * What became of one object.
     *
     * @param object the object as it is now; null when it is gone
     * @param fetched whether it was asked for instead of being reported by a watch
     */
    record Change(@Nullable Decoded object, boolean fetched) {
        static final Change GONE = new Change(null, false);

        static Change watched(Decoded object) {
            return new Change(object, false);
        }

        static Change fetched(@Nullable Decoded object) {
            return new Change(object, true);
        }
    }

    /**
     * All changes since the last taking.
     *
     * @param changes by object; empty when the taker was only woken
     * @param seenNanos the {@link System#nanoTime()} at which the first of them arrived
     */
    record Batch(Map<ObjectRef, Change> changes, long seenNanos) {
        Batch {
            requireNonNull(changes, "changes");
        }
    }

    void put(ObjectRef ref, Change change) {
        lock.lock();
        try {
            if (changes.isEmpty()) {
                oldestNanos = System.nanoTime();
            }
            changes.put(ref, change);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Puts a change unless a later one of the same object is waiting. */
    void putIfAbsent(ObjectRef ref, Change change) {
        lock.lock();
        try {
            if (!changes.containsKey(ref)) {
                put(ref, change);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets the taker run even without a change. */
    void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the waiting for good. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a change or a waking, and takes all there is; null once closed. */
    @Nullable Batch take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (changes.isEmpty() && !woken && !closed) {
                changed.await();
            }
            return closed ? null : poll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes all there is without waiting. */
    Batch poll() {
        lock.lock();
        try {
            Batch batch = new Batch(changes, changes.isEmpty() ? System.nanoTime() : oldestNanos);
            changes = new LinkedHashMap<>();
            woken = false;
            return batch;
        } finally {
            lock.unlock();
        }
    }
}
