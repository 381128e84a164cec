package dev.penstock.tls.context;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;

/**
 * How clients are met.
 *
 * @param provider the TLS implementation
 * @param protocols TLS versions by their Java names, {@code TLSv1.3} and {@code TLSv1.2}
 * @param ciphers cipher suites by their Java names, the most wanted first
 * @param alpn protocols offered by ALPN, the most wanted first
 * @param contextsMax how many contexts are kept at once; one more lets the least useful go
 * @param contextIdleTime how long a context that nobody asks for is kept
 * @param ticketRotation how old a session ticket key gets before a new one takes its place; the two
 *     before it still open tickets
 * @param clientHelloBytesMax bytes of a client's first message; beyond: the connection is closed
 * @param handshakeTimeout for the client's first message, and again for the rest of the handshake
 */
public record ServerTlsSettings(
        TlsProvider provider,
        List<String> protocols,
        List<String> ciphers,
        List<String> alpn,
        int contextsMax,
        Duration contextIdleTime,
        Duration ticketRotation,
        int clientHelloBytesMax,
        Duration handshakeTimeout) {

    /** HTTP/2 and HTTP/1.1 over TLS 1.3 and 1.2 for the open internet. */
    public static final ServerTlsSettings DEFAULT =
            new ServerTlsSettings(
                    TlsProvider.AUTO,
                    CipherSuites.PROTOCOLS,
                    CipherSuites.MODERN,
                    List.of("h2", "http/1.1"),
                    10_000,
                    Duration.ofHours(1),
                    Duration.ofHours(1),
                    16 * 1024,
                    Duration.ofSeconds(10));

    public ServerTlsSettings {
        requireNonNull(provider, "provider");
        protocols = List.copyOf(protocols);
        ciphers = List.copyOf(ciphers);
        alpn = List.copyOf(alpn);
        requireNonNull(contextIdleTime, "contextIdleTime");
        requireNonNull(ticketRotation, "ticketRotation");
        requireNonNull(handshakeTimeout, "handshakeTimeout");
        if (contextsMax < 1) {
            throw new IllegalArgumentException(
                    "contextsMax: " + contextsMax + " (expected: at least 1)");
        }
        if (ticketRotation.compareTo(Duration.ZERO) <= 0) {
            throw new IllegalArgumentException(
                    "ticketRotation: " + ticketRotation + " (expected: more than 0)");
        }
    }

    public ServerTlsSettings withProvider(TlsProvider value) {
        return new ServerTlsSettings(
                value,
                protocols,
                ciphers,
                alpn,
                contextsMax,
                contextIdleTime,
                ticketRotation,
                clientHelloBytesMax,
                handshakeTimeout);
    }

    public ServerTlsSettings withProtocols(List<String> value) {
        return new ServerTlsSettings(
                provider,
                value,
                ciphers,
                alpn,
                contextsMax,
                contextIdleTime,
                ticketRotation,
                clientHelloBytesMax,
                handshakeTimeout);
    }

    public ServerTlsSettings withContextsMax(int value) {
        return new ServerTlsSettings(
                provider,
                protocols,
                ciphers,
                alpn,
                value,
                contextIdleTime,
                ticketRotation,
                clientHelloBytesMax,
                handshakeTimeout);
    }

    public ServerTlsSettings withHandshakeTimeout(Duration value) {
        return new ServerTlsSettings(
                provider,
                protocols,
                ciphers,
                alpn,
                contextsMax,
                contextIdleTime,
                ticketRotation,
                clientHelloBytesMax,
                value);
    }
}
