package dev.penstock.proxy.observe;

/** The connections of one listener. */
public final class ListenerMetrics {

    static final int ACCEPTED = 0;
    static final int CLOSED = 1;
    static final int COUNTERS = 2;

    private final String name;

    /** By event loop, each made at once: there are few listeners. */
    private final Counters[] loops;

    ListenerMetrics(String name, int loopCount) {
        this.name = name;
        this.loops = new Counters[loopCount];
        for (int i = 0; i < loopCount; i++) {
            loops[i] = new Counters(COUNTERS);
        }
    }

    public String name() {
        return name;
    }

    /** A connection was accepted. Called on the connection's event loop. */
    public void accepted(LoopMetrics loop) {
        loops[loop.index()].increment(ACCEPTED);
    }

    /** A connection that was accepted is gone. Called on the connection's event loop. */
    public void closed(LoopMetrics loop) {
        loops[loop.index()].increment(CLOSED);
    }

    long[] totals() {
        long[] totals = new long[COUNTERS];
        for (Counters counters : loops) {
            counters.addTo(totals);
        }
        return totals;
    }
}
