package dev.penstock.tls.context;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** TLS to backends. */
public final class ClientTls {

    private final SslProvider provider;
    private final @Nullable TrustManagerFactory trust;
    private final ConcurrentMap<Kind, SslContext> contexts = new ConcurrentHashMap<>();

    /** Trusts the authorities of the JVM. */
    public ClientTls(TlsProvider provider) {
        this(provider, null);
    }

    /**
     * @param trust the authorities to be trusted; null for those of the JVM
     */
    public ClientTls(TlsProvider provider, @Nullable TrustManagerFactory trust) {
        this.provider = provider.resolve();
        this.trust = trust;
    }

    /**
     * The context for a kind of backend; the same for equal arguments.
     *
     * @param verify whether the backend's certificate must be trusted and be for the name that is
     *     dialled; if not, any is taken
     * @param alpn the protocols offered, the most wanted first; empty for none
     */
    public SslContext context(boolean verify, List<String> alpn) {
        return contexts.computeIfAbsent(new Kind(verify, List.copyOf(alpn)), this::build);
    }

    /**
     * A handler for one connection to a backend.
     *
     * @param serverName the name to be sent and, with {@code verify}, to be found in the
     *     certificate; an IP address is not sent but verified
     * @param port the backend's port
     * @param handshakeTimeout beyond: the connection is closed
     */
    public SslHandler newHandler(
            SslContext context,
            ByteBufAllocator allocator,
            String serverName,
            int port,
            Duration handshakeTimeout) {
        SslHandler handler = context.newHandler(allocator, serverName, port);
        handler.setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
        return handler;
    }

    private SslContext build(Kind kind) {
        SslContextBuilder builder =
                SslContextBuilder.forClient()
                        .sslProvider(provider)
                        .protocols(CipherSuites.PROTOCOLS)
                        .ciphers(CipherSuites.MODERN, SupportedCipherSuiteFilter.INSTANCE);
        if (kind.verify) {
            builder.trustManager(trust).endpointIdentificationAlgorithm("HTTPS");
        } else {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .endpointIdentificationAlgorithm(null);
        }
        if (!kind.alpn.isEmpty()) {
            builder.applicationProtocolConfig(
                    new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            kind.alpn));
        }
        try {
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalStateException("no TLS to backends: " + e.getMessage(), e);
        }
    }

    private record Kind(boolean verify, List<String> alpn) {}
}
