package dev.penstock.proxy.h2;

import static dev.penstock.proxy.h2.FrameFormat.*;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.ArrayDeque;

/**
 * Sends the data of a connection's streams as the windows and the socket allow (RFC 9113 section
 * 5.2). Streams that have to wait take turns, one frame each.
 */
final class SendScheduler {

    private final Channel channel;
    private final FrameWriter writer;
    private final FloodGuard guard;
    private final ArrayDeque<H2Stream> ready = new ArrayDeque<>();
    private int window = WINDOW_DEFAULT;
    private int initialStreamWindow = WINDOW_DEFAULT;
    private boolean pumping;

    SendScheduler(Channel channel, FrameWriter writer, FloodGuard guard) {
        this.channel = channel;
        this.writer = writer;
        this.guard = guard;
    }

    /** The window a new stream begins with: the peer's SETTINGS_INITIAL_WINDOW_SIZE. */
    int initialStreamWindow() {
        return initialStreamWindow;
    }

    void initialStreamWindow(int value) {
        initialStreamWindow = value;
    }

    /**
     * Widens the connection's window.
     *
     * @return whether it is still a window the RFC allows
     */
    boolean widen(int increment) {
        if (window > WINDOW_MAX - increment) {
            return false;
        }
        window += increment;
        return true;
    }

    /** Sends data at once if nothing has to wait, else queues them. An empty end never waits. */
    void send(H2Stream stream, ByteBuf data, boolean end) {
        int length = data.readableBytes();
        boolean atOnce =
                ready.isEmpty()
                        && !stream.hasQueuedData()
                        && length <= window
                        && length <= stream.sendWindow()
                        && channel.isWritable();
        if (atOnce || length == 0) {
            write(stream, data, length, end);
            return;
        }
        stream.queue(data);
        streamReady(stream);
    }

    /** A stream has queued data; it takes its turn if its window is open. */
    void streamReady(H2Stream stream) {
        if (!stream.isReady() && stream.hasQueuedData() && stream.sendWindow() > 0) {
            stream.ready(true);
            ready.add(stream);
        }
    }

    /** Sends what is queued as far as the windows and the socket allow. */
    void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            while (window > 0 && !ready.isEmpty() && channel.isWritable()) {
                H2Stream stream = ready.remove();
                stream.ready(false);
                if (stream.hasQueuedData()) {
                    writeQueued(stream);
                    streamReady(stream);
                    stream.queueShrank();
                }
            }
        } finally {
            pumping = false;
        }
    }

    /** One frame of a stream's queue. */
    private void writeQueued(H2Stream stream) {
        int allowed = Math.min(Math.min(window, stream.sendWindow()), writer.dataMax());
        if (allowed <= 0) {
            return;
        }
        ByteBuf data = stream.dequeue(allowed);
        int length = data.readableBytes();
        boolean end = stream.queueEnds();
        frame(stream, data, length, end);
        if (!stream.hasQueuedData()) {
            stream.queueDrained();
        }
        if (end) {
            stream.localEnded();
        }
    }

    private void write(H2Stream stream, ByteBuf data, int length, boolean end) {
        int max = writer.dataMax();
        int rest = length;
        while (rest > max) {
            frame(stream, data.readRetainedSlice(max), max, false);
            rest -= max;
        }
        frame(stream, data, rest, end);
        if (end) {
            stream.localEnded();
        }
    }

    private void frame(H2Stream stream, ByteBuf data, int length, boolean end) {
        window -= length;
        stream.sent(length);
        guard.credit(4);
        writer.data(stream.id(), data, end);
    }
}
