package dev.penstock.proxy.trace;

import java.util.List;

/** Where finished spans go. Called by one thread. */
public interface SpanSink extends AutoCloseable {

    /**
     * Sends spans away. Returns in bounded time.
     *
     * @param spans not empty
     * @return whether they arrived
     */
    boolean export(List<RequestSpan> spans);

    @Override
    void close();
}
