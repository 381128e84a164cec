package dev.penstock.tls.context;

import dev.penstock.tls.pem.CertifiedKey;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Offers one certificate. A KeyStore would do the same, but seals the key with a password first, at
 * the cost of thousands of hash rounds for each certificate.
 */
final class OneKeyManager extends X509ExtendedKeyManager {

    private static final String ALIAS = "key";

    private final PrivateKey key;
    private final X509Certificate[] chain;

    OneKeyManager(CertifiedKey certified) {
        this.key = certified.key();
        this.chain = certified.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return serves(keyType) ? ALIAS : null;
    }

    @Override
    public @Nullable String chooseServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return serves(keyType) ? ALIAS : null;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return serves(keyType) ? new String[] {ALIAS} : null;
    }

    /**
     * Types are {@code RSA} and {@code EC}, or for old key exchanges {@code EC_EC} and the like.
     */
    private boolean serves(String keyType) {
        return keyType.equals(key.getAlgorithm())
                || keyType.equals(key.getAlgorithm() + "_" + key.getAlgorithm());
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return chain.clone();
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return key;
    }
}
