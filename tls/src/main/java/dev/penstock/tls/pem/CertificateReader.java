package dev.penstock.tls.pem;

import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.util.io.pem.PemObject;

/** Reads certificate chains and their keys, as TLS Secrets hold them. */
public final class CertificateReader {

    /** What messages call the chain and the key: their names in a TLS Secret. */
    private static final String CHAIN = "tls.crt";

    private static final String KEY = "tls.key";

    private CertificateReader() {}

    /**
     * Judges a chain and its key.
     *
     * @throws BadCertificateException if {@link #load} would
     */
    public static CertificateFacts read(byte[] chainPem, byte[] keyPem)
            throws BadCertificateException {
        return facts(load(chainPem, keyPem).leaf());
    }

    /**
     * Reads a chain and its key for use. The key may be PKCS#1, PKCS#8 or SEC 1, RSA or EC. Where
     * the first certificate is not the key's, the one that is becomes the first, followed by its
     * issuers.
     *
     * @throws BadCertificateException if either cannot be read, the key is encrypted or of a type
     *     that is not served, or no certificate is the key's
     */
    public static CertifiedKey load(byte[] chainPem, byte[] keyPem) throws BadCertificateException {
        List<X509Certificate> chain = chain(PemFile.parse(CHAIN, chainPem));
        PrivateKey key = PrivateKeys.read(PemFile.parse(KEY, keyPem));
        return new CertifiedKey(key, LeafFirst.order(chain, key));
    }

    private static List<X509Certificate> chain(PemFile file) throws BadCertificateException {
        List<X509Certificate> chain = new ArrayList<>();
        for (PemObject block : file.blocks()) {
            if (block.getType().equals("CERTIFICATE")
                    || block.getType().equals("X509 CERTIFICATE")) {
                chain.add(certificate(block.getContent(), chain.size() + 1));
            }
        }
        if (chain.isEmpty()) {
            throw new BadCertificateException(
                    CHAIN
                            + " holds no certificate but "
                            + PrivateKeys.article(file.blocks().getFirst().getType()));
        }
        return chain;
    }

    private static X509Certificate certificate(byte[] der, int position)
            throws BadCertificateException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new BadCertificateException(
                    CHAIN
                            + ": certificate "
                            + position
                            + " cannot be read: "
                            + BadCertificateException.detail(e),
                    e);
        }
    }

    private static CertificateFacts facts(X509Certificate leaf) throws BadCertificateException {
        List<String> dnsNames = new ArrayList<>();
        List<String> ipAddresses = new ArrayList<>();
        try {
            Collection<List<?>> names = leaf.getSubjectAlternativeNames();
            if (names != null) {
                for (List<?> name : names) {
                    Object type = name.get(0);
                    if (type.equals(GeneralName.dNSName)) {
                        dnsNames.add(((String) name.get(1)).toLowerCase(Locale.ROOT));
                    } else if (type.equals(GeneralName.iPAddress)) {
                        ipAddresses.add((String) name.get(1));
                    }
                }
            }
            return new CertificateFacts(
                    dnsNames,
                    ipAddresses,
                    leaf.getNotBefore().toInstant(),
                    leaf.getNotAfter().toInstant(),
                    leaf.getSubjectX500Principal().getName(),
                    leaf.getIssuerX500Principal().getName(),
                    leaf.getSerialNumber().toString(16),
                    sha256(leaf.getEncoded()),
                    KeyTypes.describe(leaf.getPublicKey()));
        } catch (CertificateParsingException e) {
            throw new BadCertificateException(
                    CHAIN
                            + ": subject alternative names cannot be read: "
                            + BadCertificateException.detail(e),
                    e);
        } catch (CertificateException e) {
            throw new BadCertificateException(CHAIN + ": " + BadCertificateException.detail(e), e);
        }
    }

    private static String sha256(byte[] der) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
