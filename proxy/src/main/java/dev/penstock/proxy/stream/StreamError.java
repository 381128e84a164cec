package dev.penstock.proxy.stream;

/** Why a stream ended early. */
public enum StreamError {
    /** The peer went away or cancelled. */
    CANCELLED,
    /**
     * The peer certainly did not process the request: refused, or a reused connection closed before
     * a byte of the answer.
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
