package dev.penstock.proxy.trace;

import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Spans on their way from one thread to one other. What does not fit is not taken: neither side
 * ever waits.
 */
final class SpanRing {

    private final AtomicReferenceArray<@Nullable RequestSpan> slots;
    // Written by the one who puts in; the other looks at the slots.
    private int tail;
    private int head;

    /**
     * @param capacity a power of two
     */
    SpanRing(int capacity) {
        slots = new AtomicReferenceArray<>(capacity);
    }

    /** Puts a span in. False where the ring is full. */
    boolean offer(RequestSpan span) {
        int slot = tail & (slots.length() - 1);
        if (slots.getAcquire(slot) != null) {
            return false;
        }
        slots.setRelease(slot, span);
        tail++;
        return true;
    }

    /** How many were ever put in, modulo 2^32. Called by the one who puts in. */
    int offered() {
        return tail;
    }

    /** Takes out what there is, as long as the list is shorter than a bound. */
    void drainTo(List<RequestSpan> list, int sizeMax) {
        while (list.size() < sizeMax) {
            int slot = head & (slots.length() - 1);
            RequestSpan span = slots.getAcquire(slot);
            if (span == null) {
                return;
            }
            list.add(span);
            slots.setRelease(slot, null);
            head++;
        }
    }
}
