package dev.penstock.proxy.observe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Bytes on their way from one thread to one other. What does not fit is not taken: neither side
 * ever waits.
 */
final class ByteRing {

    private static final VarHandle HEAD;
    private static final VarHandle TAIL;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(ByteRing.class, "head", long.class);
            TAIL = lookup.findVarHandle(ByteRing.class, "tail", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final byte[] bytes;

    /** Bytes ever taken out. Written by the reader. */
    @SuppressWarnings("unused") // by its VarHandle
    private long head;

    /** Bytes ever put in. Written by the writer. */
    private long tail;

    /**
     * @param capacity in bytes, a power of two
     */
    ByteRing(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException(
                    "capacity: " + capacity + " (expected: a power of two)");
        }
        bytes = new byte[capacity];
    }

    int capacity() {
        return bytes.length;
    }

    /** How many bytes are in it, as far as the caller's thread knows. */
    int size() {
        return (int) ((long) TAIL.getAcquire(this) - (long) HEAD.getAcquire(this));
    }

    /** Puts bytes in, all or none. Called by the writer. */
    boolean offer(byte[] source, int length) {
        long at = tail;
        if (length > bytes.length - (at - (long) HEAD.getAcquire(this))) {
            return false;
        }
        int index = (int) at & (bytes.length - 1);
        int first = Math.min(length, bytes.length - index);
        System.arraycopy(source, 0, bytes, index, first);
        System.arraycopy(source, first, bytes, 0, length - first);
        TAIL.setRelease(this, at + length);
        return true;
    }

    /**
     * Takes everything out that is in it now. Called by the reader.
     *
     * @return how many bytes
     */
    int drainTo(Sink sink) {
        long from = (long) HEAD.getOpaque(this);
        int count = (int) ((long) TAIL.getAcquire(this) - from);
        int index = (int) from & (bytes.length - 1);
        int first = Math.min(count, bytes.length - index);
        sink.write(bytes, index, first);
        sink.write(bytes, 0, count - first);
        HEAD.setRelease(this, from + count);
        return count;
    }

    /** Takes bytes, which are the ring's again when the call ends. */
    interface Sink {
        void write(byte[] source, int start, int length);
    }
}
