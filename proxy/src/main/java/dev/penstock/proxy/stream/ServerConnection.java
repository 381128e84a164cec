package dev.penstock.proxy.stream;

/**
 * A client's connection as those see it who count and end connections. Called on its event loop.
 */
public interface ServerConnection {

    /**
     * Lets no new request begin: closes the connection at once when it is idle, else after what is
     * in flight ({@code Connection: close}; GOAWAY in two steps, RFC 9113 section 6.8).
     */
    void drain();

    /** How many requests are in flight. */
    int activeStreams();
}
