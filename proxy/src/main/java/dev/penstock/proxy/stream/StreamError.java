package dev.penstock.proxy.stream;

/** Why a stream ended early. */
public enum StreamError {
    /** The peer went away or cancelled. */
    CANCELLED,
    /**
     * In HTTP/2 the peer says that it did not process the request (RFC 9113 section 8.7), so any
     * may be sent again. In HTTP/1.1 a reused connection was closed before a byte of the answer:
     * most likely the request was not processed, so only an idempotent one may be sent again.
     */
    NOT_PROCESSED,
    /** A connection was closed or reset when the peer may have processed the request. */
    CONNECTION_LOST,
    /** The peer broke the protocol. */
    PROTOCOL,
    /** Something took too long. */
    TIMEOUT,
    /** The message is larger than is allowed. */
    TOO_LARGE,
    /** A fault of our own. */
    INTERNAL
}
