package dev.penstock.proxy.loop;

import io.netty.channel.EventLoop;

/**
 * An event loop with what belongs to it. The index may be read on any thread, all else on the loop.
 */
public final class ProxyLoop {

    private final int index;
    private final EventLoop eventLoop;
    private final TimeoutWheel timeouts;

    public ProxyLoop(int index, EventLoop eventLoop) {
        this.index = index;
        this.eventLoop = eventLoop;
        this.timeouts = new TimeoutWheel(eventLoop);
    }

    /** Counted from 0, for arrays with an element a loop. */
    public int index() {
        return index;
    }

    public EventLoop eventLoop() {
        return eventLoop;
    }

    public TimeoutWheel timeouts() {
        return timeouts;
    }
}
