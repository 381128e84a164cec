package dev.penstock.model.http;

/**
 * What Penstock speaks to a route's endpoints. Names are the values of the annotation {@code
 * penstock.dev/backend-protocol}.
 */
public enum BackendProtocol {
    /** HTTP/1.1 in clear text. */
    HTTP(false, false),
    /** HTTP/1.1 over TLS. */
    HTTPS(true, false),
    /** HTTP/2 in clear text with prior knowledge (RFC 9113 section 3.3). */
    H2C(false, true),
    /** gRPC: as {@link #H2C}. */
    GRPC(false, true),
    /** gRPC over TLS: HTTP/2 by ALPN. */
    GRPCS(true, true);

    private final boolean tls;
    private final boolean http2;

    BackendProtocol(boolean tls, boolean http2) {
        this.tls = tls;
        this.http2 = http2;
    }

    public boolean usesTls() {
        return tls;
    }

    public boolean usesHttp2() {
        return http2;
    }
}
