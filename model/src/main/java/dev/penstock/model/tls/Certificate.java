package dev.penstock.model.tls;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.ObjectRef;
import java.util.Arrays;

/**
 * A certificate chain with its private key, as PEM. The arrays are not to be changed. Equality is
 * by content; the text form never shows a byte of the key.
 *
 * @param source the Secret it comes from
 * @param chainPem the leaf first, then its issuers
 * @param keyPem the leaf's private key: PKCS#1, PKCS#8 or SEC 1, not encrypted
 */
public record Certificate(ObjectRef source, byte[] chainPem, byte[] keyPem) {

    public Certificate {
        requireNonNull(source, "source");
        requireNonNull(chainPem, "chainPem");
        requireNonNull(keyPem, "keyPem");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Certificate that
                && source.equals(that.source)
                && Arrays.equals(chainPem, that.chainPem)
                && Arrays.equals(keyPem, that.keyPem);
    }

    @Override
    public int hashCode() {
        return 31 * source.hashCode() + Arrays.hashCode(chainPem);
    }

    @Override
    public String toString() {
        return "Certificate[" + source + "]";
    }
}
