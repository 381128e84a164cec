package dev.penstock.proxy.stream;

import dev.penstock.proxy.message.MessageHead;

/** A connection to an endpoint, as a pool sees it. Called on its event loop. */
public interface ClientConnection {

    /**
     * Opens a stream and sends the request's head.
     *
     * @param head read during the call only
     * @param end whether the request ends with its head
     * @throws IllegalStateException if {@link #availableStreams()} is 0
     */
    ClientStream open(MessageHead head, boolean end, ResponseReceiver receiver);

    /**
     * How many streams may be opened now: 0 or 1 for HTTP/1.1; 0 for good once the connection is
     * closing.
     */
    int availableStreams();

    /** How many streams are open. */
    int activeStreams();

    /** How many streams were ever opened. */
    long openedStreams();

    /** Closes the connection; streams that are open are reset, their receivers told. */
    void close();

    /** Who is told when a connection's state changes. */
    interface Listener {

        /** A stream ended and another may be opened, or the peer allows more. */
        void onAvailable(ClientConnection connection);

        /** The connection is closed or takes no more streams. Told once. */
        void onClosed(ClientConnection connection);
    }
}
