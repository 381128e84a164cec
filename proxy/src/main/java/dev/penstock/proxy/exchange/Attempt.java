package dev.penstock.proxy.exchange;

import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ClientStream;
import dev.penstock.proxy.stream.ResponseReceiver;
import dev.penstock.proxy.stream.StreamError;
import dev.penstock.proxy.upstream.EndpointPool;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One sending of an exchange's request to an endpoint, and what comes back. Passes on to its
 * exchange what arrives while it is the exchange's current one.
 */
final class Attempt implements ResponseReceiver {

    private final Exchange exchange;
    private final EndpointPool pool;
    private final boolean reused;
    // Null until the stream is open.
    private @Nullable ClientStream stream;
    private short interims;

    Attempt(Exchange exchange, EndpointPool pool, boolean reused) {
        this.exchange = exchange;
        this.pool = pool;
        this.reused = reused;
    }

    EndpointPool pool() {
        return pool;
    }

    /** Whether the connection had carried a request before. */
    boolean reused() {
        return reused;
    }

    @Nullable ClientStream stream() {
        return stream;
    }

    void stream(ClientStream opened) {
        stream = opened;
    }

    int countInterim() {
        return ++interims;
    }

    void reset(StreamError error) {
        ClientStream current = stream;
        if (current != null) {
            current.reset(error);
        }
    }

    @Override
    public void onInterim(MessageHead head) {
        if (exchange.isCurrent(this)) {
            exchange.interim(this, head);
        }
    }

    @Override
    public void onHead(MessageHead head, boolean end) {
        if (exchange.isCurrent(this)) {
            exchange.responseHead(head, end);
        }
    }

    @Override
    public void onData(ByteBuf data) {
        if (exchange.isCurrent(this)) {
            exchange.responseData(this, data);
        } else {
            data.release();
        }
    }

    @Override
    public void onTrailers(MessageHead trailers) {
        if (exchange.isCurrent(this)) {
            exchange.responseTrailers(trailers);
        }
    }

    @Override
    public void onEnd() {
        if (exchange.isCurrent(this)) {
            exchange.responseEnd();
        }
    }

    @Override
    public void onReset(StreamError error) {
        if (exchange.isCurrent(this)) {
            exchange.attemptLost(this, error);
        }
    }

    @Override
    public void onWritable() {
        if (exchange.isCurrent(this)) {
            exchange.upstreamWritable();
        }
    }
}
