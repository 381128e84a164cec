package dev.penstock.proxy.observe;

/** The access log as one event loop writes it: never waits, makes no garbage. */
public final class LoopAccessLog {

    private final ByteRing ring;
    private final LineFormat format;
    private final AccessLog log;
    private final LineBuffer line = new LineBuffer();
    private final Counters dropped = new Counters(1);

    LoopAccessLog(ByteRing ring, LineFormat format, AccessLog log) {
        this.ring = ring;
        this.format = format;
        this.log = log;
    }

    /** Writes one line. Called on the event loop; the record is read during the call only. */
    public void write(ExchangeRecord exchange) {
        if (!log.isEnabled()) {
            return;
        }
        line.clear();
        format.format(exchange, line);
        int before = ring.size();
        if (!ring.offer(line.bytes(), line.length())) {
            dropped.increment(0);
            return;
        }
        int half = ring.capacity() / 2;
        log.linesArrived(before <= half && before + line.length() > half);
    }

    ByteRing ring() {
        return ring;
    }

    long dropped() {
        return dropped.get(0);
    }
}
