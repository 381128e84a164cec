package dev.penstock.proxy.upstream;

/** Why there is no connection to an endpoint. Nothing of a request was sent in any of these. */
public enum ConnectFailure {
    /** Refused, reset or unreachable. */
    REFUSED,
    /** Neither accepted nor refused in time; the TLS handshake counts in. */
    TIMEOUT,
    /** The TLS handshake failed, or the endpoint's certificate is not the expected one. */
    TLS,
    /** The endpoint does not speak the protocol that the route asks for. */
    PROTOCOL,
    /** Too many connections and too many requests that wait for one. */
    OVERLOADED
}
