package dev.penstock.proxy.exchange;

import dev.penstock.proxy.stream.ClientStream;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The beginning of a request's body: what waits for a connection, and what may have to be sent
 * again. Either all of the body so far or nothing.
 */
final class BodyBuffer {

    private final Deque<ByteBuf> parts = new ArrayDeque<>(4);
    private int bytes;
    private boolean complete = true;

    /** One that has missed the beginning already. */
    static BodyBuffer incomplete() {
        BodyBuffer buffer = new BodyBuffer();
        buffer.drop();
        return buffer;
    }

    /** Whether all of the body so far is here. */
    boolean isComplete() {
        return complete;
    }

    int bytes() {
        return bytes;
    }

    /** Keeps a part, which is taken over. */
    void add(ByteBuf data) {
        bytes += data.readableBytes();
        parts.addLast(data);
    }

    /** Sends all that is here and keeps it. */
    void sendTo(ClientStream stream) {
        for (ByteBuf part : parts) {
            stream.sendData(part.retainedDuplicate(), false);
        }
    }

    /** Forgets everything: from now on the body is not complete. */
    void drop() {
        complete = false;
        for (ByteBuf part = parts.pollFirst(); part != null; part = parts.pollFirst()) {
            part.release();
        }
        bytes = 0;
    }
}
