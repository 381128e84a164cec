package dev.penstock.proxy.upstream;

/**
 * Which connections that were used before a request may be sent on. An endpoint may close one just
 * when the request is on its way, and then nobody knows whether it was processed.
 */
public enum Reuse {
    /** Any: the request can be sent again. */
    ANY,
    /** One that was in use a moment ago: the request cannot be sent again. */
    JUST_USED,
    /** None. */
    NONE
}
