package dev.penstock.proxy.loop;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The timeouts of one event loop: a hashed wheel that turns every {@value #TICK_MILLIS} ms while
 * anything is in it. Timeouts fire up to one tick late, never early. Putting off a timeout that is
 * already far enough away costs one write.
 */
public final class TimeoutWheel {

    /** The resolution. */
    public static final int TICK_MILLIS = 50;

    private static final int SLOTS = 1024;
    private static final int DUE = SLOTS;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);

    private final EventLoop loop;
    private final LongSupplier nanoTime;
    private final long startNanos;
    private final @Nullable Timeout[] slots = new Timeout[SLOTS + 1];
    private int scheduled;
    private long turnedTo;
    private boolean turning;

    public TimeoutWheel(EventLoop loop) {
        this(loop, System::nanoTime);
    }

    TimeoutWheel(EventLoop loop, LongSupplier nanoTime) {
        this.loop = loop;
        this.nanoTime = nanoTime;
        this.startNanos = nanoTime.getAsLong();
    }

    /**
     * Lets a timeout happen after a delay, instead of when it was to happen before.
     *
     * @param delayMillis at least 0
     */
    public void schedule(Timeout timeout, long delayMillis) {
        assert loop.inEventLoop() : "timeouts belong to their event loop";
        if (scheduled == 0) {
            turnedTo = now();
        }
        // While the wheel turns it is at most one tick behind the clock; the tick that has begun
        // does not count.
        long deadline =
                (turning ? turnedTo : now()) + 1 + (delayMillis + TICK_MILLIS - 1) / TICK_MILLIS;
        if (timeout.wheel == this) {
            if (deadline >= timeout.deadlineTick) {
                timeout.deadlineTick = deadline;
                return;
            }
            remove(timeout);
        }
        timeout.deadlineTick = deadline;
        insert(timeout);
        if (!turning) {
            turning = true;
            loop.schedule(this::turn, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private long now() {
        return (nanoTime.getAsLong() - startNanos) / TICK_NANOS;
    }

    private void insert(Timeout timeout) {
        int slot = (int) (timeout.deadlineTick & (SLOTS - 1));
        Timeout head = slots[slot];
        timeout.wheel = this;
        timeout.slot = slot;
        timeout.previous = null;
        timeout.next = head;
        if (head != null) {
            head.previous = timeout;
        }
        slots[slot] = timeout;
        scheduled++;
    }

    void remove(Timeout timeout) {
        Timeout previous = timeout.previous;
        Timeout next = timeout.next;
        if (previous == null) {
            slots[timeout.slot] = next;
        } else {
            previous.next = next;
        }
        if (next != null) {
            next.previous = previous;
        }
        timeout.previous = null;
        timeout.next = null;
        timeout.wheel = null;
        scheduled--;
    }

    private void turn() {
        long target = now();
        while (turnedTo < target && scheduled > 0) {
            turnedTo++;
            turnSlot((int) (turnedTo & (SLOTS - 1)));
        }
        turnedTo = target;
        if (scheduled > 0) {
            loop.schedule(this::turn, TICK_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            turning = false;
        }
    }

    private void turnSlot(int slot) {
        // What is due moves to a list of its own first, so that whatever expires may schedule and
        // cancel as it likes.
        Timeout head = slots[slot];
        slots[slot] = null;
        slots[DUE] = head;
        for (Timeout timeout = head; timeout != null; timeout = timeout.next) {
            timeout.slot = DUE;
        }
        for (Timeout timeout = slots[DUE]; timeout != null; timeout = slots[DUE]) {
            remove(timeout);
            if (timeout.deadlineTick > turnedTo) {
                insert(timeout);
            } else {
                timeout.expired();
            }
        }
    }
}
