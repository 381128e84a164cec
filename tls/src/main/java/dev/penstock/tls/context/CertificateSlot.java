package dev.penstock.tls.context;

import dev.penstock.model.tls.Certificate;
import java.util.Arrays;

/**
 * A certificate as the key of its context. Two are equal when chain and key are, whichever Secrets
 * they come from.
 */
final class CertificateSlot {

    private final Certificate certificate;
    private final int hash;
    private volatile boolean broken;
    private volatile boolean retired;

    CertificateSlot(Certificate certificate) {
        this.certificate = certificate;
        this.hash = Arrays.hashCode(certificate.chainPem());
    }

    Certificate certificate() {
        return certificate;
    }

    /** No context can be built of it. */
    boolean isBroken() {
        return broken;
    }

    void breakDown() {
        broken = true;
    }

    /** No host is served with it any more. */
    boolean isRetired() {
        return retired;
    }

    void retire() {
        retired = true;
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof CertificateSlot that
                        && hash == that.hash
                        && Arrays.equals(certificate.chainPem(), that.certificate.chainPem())
                        && Arrays.equals(certificate.keyPem(), that.certificate.keyPem()));
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
