package dev.penstock.tls.pem;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * What a certificate says of itself.
 *
 * @param dnsNames the DNS names it is for, in lower case, as in its subject alternative names; the
 *     subject's common name counts for nothing (RFC 9110 section 4.3.4)
 * @param ipAddresses the IP addresses it is for, in text form
 * @param notBefore when it begins to be valid
 * @param notAfter when it ends to be valid
 * @param subject the subject's name (RFC 2253)
 * @param issuer the issuer's name (RFC 2253)
 * @param serial the serial number in hexadecimal
 * @param fingerprint SHA-256 of the certificate, in lower-case hexadecimal
 * @param keyType the key's type and size, such as {@code RSA 2048} or {@code EC P-256}
 */
public record CertificateFacts(
        List<String> dnsNames,
        List<String> ipAddresses,
        Instant notBefore,
        Instant notAfter,
        String subject,
        String issuer,
        String serial,
        String fingerprint,
        String keyType) {

    public CertificateFacts {
        dnsNames = List.copyOf(dnsNames);
        ipAddresses = List.copyOf(ipAddresses);
        requireNonNull(notBefore, "notBefore");
        requireNonNull(notAfter, "notAfter");
        requireNonNull(subject, "subject");
        requireNonNull(issuer, "issuer");
        requireNonNull(serial, "serial");
        requireNonNull(fingerprint, "fingerprint");
        requireNonNull(keyType, "keyType");
    }

    /**
     * Whether the certificate is for a host: one of its names is equal without regard to case, or
     * is a wildcard whose {@code *} stands for the host's whole first label (RFC 9525 section 6.3).
     *
     * @param host a DNS name, or a wildcard as an Ingress has it, which only the same wildcard
     *     covers
     */
    public boolean covers(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (dnsNames.contains(name)) {
            return true;
        }
        int dot = name.indexOf('.');
        return dot > 0 && !name.startsWith("*.") && dnsNames.contains("*" + name.substring(dot));
    }

    /** Whether an instant lies within the validity. */
    public boolean isValidAt(Instant instant) {
        return !instant.isBefore(notBefore) && !instant.isAfter(notAfter);
    }
}
