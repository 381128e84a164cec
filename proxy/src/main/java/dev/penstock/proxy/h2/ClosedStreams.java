package dev.penstock.proxy.h2;

/**
 * How the streams that were closed last ended, which decides what a frame that comes for one means
 * (RFC 9113 section 5.1).
 */
final class ClosedStreams {

    /** The peer ended its message: it must send nothing more. */
    static final byte ENDED = 1;

    /** The peer reset the stream: it must send nothing more. */
    static final byte RESET_BY_PEER = 2;

    /** We reset the stream: what the peer sent before it knew is ignored. */
    static final byte RESET_BY_US = 3;

    /** Closed too long ago to know. */
    static final byte FORGOTTEN = 0;

    private static final int REMEMBERED = 128;

    private final int[] ids = new int[REMEMBERED];
    private final byte[] ends = new byte[REMEMBERED];
    private int next;

    void add(int streamId, byte end) {
        ids[next] = streamId;
        ends[next] = end;
        next = next + 1 & REMEMBERED - 1;
    }

    byte end(int streamId) {
        for (int i = 0; i < REMEMBERED; i++) {
            if (ids[i] == streamId) {
                return ends[i];
            }
        }
        return FORGOTTEN;
    }
}
