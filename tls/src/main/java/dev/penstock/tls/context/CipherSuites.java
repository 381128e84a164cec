package dev.penstock.tls.context;

import java.util.List;

/** Names of cipher suites and protocols. */
final class CipherSuites {

    /**
     * Forward secret and authenticated ones only: those of TLS 1.3 (RFC 8446), and of TLS 1.2 what
     * HTTP/2 does not refuse (RFC 9113 appendix A) and RFC 9325 recommends.
     */
    static final List<String> MODERN =
            List.of(
                    "TLS_AES_128_GCM_SHA256",
                    "TLS_AES_256_GCM_SHA384",
                    "TLS_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private CipherSuites() {}
}
