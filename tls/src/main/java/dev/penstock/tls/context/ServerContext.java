package dev.penstock.tls.context;

import dev.penstock.model.tls.Certificate;
import dev.penstock.tls.pem.BadCertificateException;
import dev.penstock.tls.pem.CertificateReader;
import dev.penstock.tls.pem.CertifiedKey;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.handler.ssl.util.KeyManagerFactoryWrapper;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The context of one certificate, with the ticket keys it was last given.
 *
 * <p>Sessions: all contexts seal their tickets with the same keys, so a session outlives its
 * context. But a session is bound to the certificate under which it was made, by the session id
 * context: a ticket of one host cannot be used to skip the certificate of another (RFC 6066 section
 * 3). There is no session cache: a server that keeps sessions grows with its clients. The JDK has
 * no way to set ticket keys; there each context makes its own, which end with it.
 */
final class ServerContext {

    private static final int JDK_SESSIONS_MAX = 1_000;

    private final SslContext context;
    private volatile TicketKeys.@Nullable Generation ticketKeys;

    private ServerContext(SslContext context) {
        this.context = context;
    }

    static ServerContext create(
            Certificate certificate, ServerTlsSettings settings, SslProvider provider)
            throws BadCertificateException, SSLException {
        CertifiedKey certified =
                CertificateReader.load(certificate.chainPem(), certificate.keyPem());
        KeyManagerFactory keys = new KeyManagerFactoryWrapper(new OneKeyManager(certified));
        if (provider != SslProvider.JDK) {
            // Keeps the native form; without it each handshake parses the chain and the key anew.
            keys = new OpenSslCachingX509KeyManagerFactory(keys, 1);
        }
        long ticketSeconds = TicketKeys.KEYS_KEPT * settings.ticketRotation().toSeconds();
        SslContext context =
                SslContextBuilder.forServer(keys)
                        .sslProvider(provider)
                        .trustManager(NoClients.INSTANCE)
                        .protocols(settings.protocols())
                        .ciphers(settings.ciphers(), SupportedCipherSuiteFilter.INSTANCE)
                        .applicationProtocolConfig(alpn(settings))
                        .sessionCacheSize(JDK_SESSIONS_MAX)
                        .sessionTimeout(Math.max(1, ticketSeconds))
                        .build();
        if (context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
            sessions.setSessionCacheEnabled(false);
            sessions.setSessionIdContext(sha256(certified));
        }
        FixedCertificate.install(context, certified);
        return new ServerContext(context);
    }

    /** The context, sealing tickets with the given keys from now on. */
    SslContext withTicketKeys(TicketKeys.Generation wanted) {
        if (ticketKeys != wanted
                && context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
            // A loop that is late may put older keys back for a moment; the next call mends it.
            sessions.setTicketKeys(wanted.keys());
            ticketKeys = wanted;
        }
        return context;
    }

    private static ApplicationProtocolConfig alpn(ServerTlsSettings settings) {
        return settings.alpn().isEmpty()
                ? ApplicationProtocolConfig.DISABLED
                : new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        settings.alpn());
    }

    private static byte[] sha256(CertifiedKey certified) throws SSLException {
        try {
            return MessageDigest.getInstance("SHA-256").digest(certified.leaf().getEncoded());
        } catch (NoSuchAlgorithmException | java.security.cert.CertificateEncodingException e) {
            throw new SSLException("cannot hash the certificate", e);
        }
    }
}
