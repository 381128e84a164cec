package dev.penstock.proxy.stream;

import dev.penstock.proxy.message.MessageHead;

/** The client's side of an exchange. */
public interface ServerStream extends MessageStream {

    /**
     * Sends an interim response, 1xx but 101. The final head follows. Dropped where the client's
     * protocol has none (HTTP/1.0).
     */
    void sendInterim(MessageHead head);

    /** The protocol's name and version, a constant such as {@code HTTP/1.1}. */
    String protocol();

    /** Who is connected, and how. */
    ConnectionInfo connection();

    /**
     * Sends 101 (Switching Protocols) and makes both directions a tunnel: data is passed as it is,
     * an end closes that direction.
     *
     * @throws IllegalStateException if the request did not ask for an upgrade
     */
    void sendUpgrade(MessageHead head);

    /**
     * Lets no further request follow on this connection: {@code Connection: close}, or GOAWAY for
     * HTTP/2. Before the head is sent.
     */
    void closeAfterResponse();
}
