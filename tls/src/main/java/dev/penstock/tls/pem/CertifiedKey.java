package dev.penstock.tls.pem;

import static java.util.Objects.requireNonNull;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A private key and the certificates that vouch for it.
 *
 * @param key the key of the first certificate
 * @param chain the leaf first, then its issuers; never empty
 */
public record CertifiedKey(PrivateKey key, List<X509Certificate> chain) {

    public CertifiedKey {
        requireNonNull(key, "key");
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("chain: empty (expected: at least the leaf)");
        }
    }

    /** The certificate of the key. */
    public X509Certificate leaf() {
        return chain.getFirst();
    }

    /** Names the certificate only. */
    @Override
    public String toString() {
        return "CertifiedKey[" + leaf().getSubjectX500Principal() + "]";
    }
}
