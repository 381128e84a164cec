package dev.penstock.tls.context;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import java.util.Locale;

/** Which TLS implementation is used. */
public enum TlsProvider {
    /**
     * What the system property {@value #PROPERTY} names ({@code jdk} or {@code openssl}), else
     * OpenSSL where its native library fits this machine, else the JDK.
     */
    AUTO,
    /** BoringSSL through netty-tcnative. */
    OPENSSL,
    /** The JDK's own. */
    JDK;

    /** Decides for {@link #AUTO}. */
    public static final String PROPERTY = "penstock.tls.provider";

    /**
     * The implementation itself.
     *
     * @throws IllegalStateException if OpenSSL was asked for and does not load
     */
    SslProvider resolve() {
        TlsProvider wanted = this;
        if (wanted == AUTO) {
            String property = System.getProperty(PROPERTY, "auto");
            wanted = valueOf(property.toUpperCase(Locale.ROOT));
        }
        return switch (wanted) {
            // Not the reference-counted kind: a context that leaves the cache may be in the hands
            // of an event loop that is about to use it. The collector frees it after the last use;
            // engines are still freed at once, by SslHandler.
            case AUTO -> OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
            case JDK -> SslProvider.JDK;
            case OPENSSL -> {
                if (!OpenSsl.isAvailable()) {
                    throw new IllegalStateException(
                            "OpenSSL is not available here", OpenSsl.unavailabilityCause());
                }
                yield SslProvider.OPENSSL;
            }
        };
    }

    /** The name and version of an implementation, for start-up lines. */
    static String describe(SslProvider provider) {
        return provider == SslProvider.JDK
                ? "JDK " + Runtime.version().feature()
                : "OpenSSL (" + OpenSsl.versionString() + ")";
    }
}
