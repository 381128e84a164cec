package dev.penstock.proxy.observe;

import java.util.SplittableRandom;

/** The access log as one event loop writes it: never waits, makes no garbage. */
public final class LoopAccessLog {

    private static final int FIRST_ERROR = 400;

    private final ByteRing ring;
    private final LineFormat format;
    private final double sampleRatio;
    private final SplittableRandom random = new SplittableRandom();
    private final AccessLog log;
    private final LineBuffer line = new LineBuffer();
    private final Counters dropped = new Counters(1);

    LoopAccessLog(ByteRing ring, LineFormat format, double sampleRatio, AccessLog log) {
        this.ring = ring;
        this.format = format;
        this.sampleRatio = sampleRatio;
        this.log = log;
    }

    /**
     * Writes one line, unless it is left out. Called on the event loop; the record is read during
     * the call only.
     */
    public void write(ExchangeRecord exchange) {
        if (!log.isEnabled() || (sampleRatio < 1 && !isTaken(exchange))) {
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

    /** What did not go as it should is written always. */
    private boolean isTaken(ExchangeRecord exchange) {
        return exchange.status() == 0
                || exchange.status() >= FIRST_ERROR
                || exchange.error() != null
                || random.nextDouble() < sampleRatio;
    }

    ByteRing ring() {
        return ring;
    }

    long dropped() {
        return dropped.get(0);
    }
}
