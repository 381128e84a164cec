package dev.penstock.tls.pem;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.util.io.pem.PemHeader;
import org.bouncycastle.util.io.pem.PemObject;
import org.jspecify.annotations.Nullable;

/** Reads private keys of every PEM kind into the JDK's form. */
final class PrivateKeys {

    private static final int RSA_BITS_MIN = 1024;

    private PrivateKeys() {}

    /** The first private key of a file. */
    static PrivateKey read(PemFile file) throws BadCertificateException {
        PemObject parameters = null;
        for (PemObject block : file.blocks()) {
            switch (block.getType()) {
                case "EC PARAMETERS" -> parameters = block;
                case "PRIVATE KEY",
                        "RSA PRIVATE KEY",
                        "EC PRIVATE KEY",
                        "DSA PRIVATE KEY",
                        "ENCRYPTED PRIVATE KEY" -> {
                    return read(file.name(), block, parameters);
                }
                default -> {} // certificates and the like, as a file of everything has them
            }
        }
        throw new BadCertificateException(
                file.name()
                        + " holds no private key but "
                        + article(file.blocks().getFirst().getType()));
    }

    /** A block's type in words, for messages. */
    static String article(String type) {
        String words =
                BadCertificateException.printable(type)
                        .replace("PRIVATE KEY", "private key")
                        .replace("PUBLIC KEY", "public key")
                        .replace("CERTIFICATE REQUEST", "certificate request")
                        .replace("CERTIFICATE", "certificate");
        return (words.matches("[AEIOUaeiouRX].*") ? "an " : "a ") + words;
    }

    private static PrivateKey read(String name, PemObject block, @Nullable PemObject parameters)
            throws BadCertificateException {
        if (isEncrypted(block)) {
            throw new BadCertificateException(
                    "the private key is encrypted; store it unencrypted in the Secret");
        }
        try {
            PrivateKeyInfo key =
                    switch (block.getType()) {
                        case "RSA PRIVATE KEY" ->
                                new PrivateKeyInfo(
                                        new AlgorithmIdentifier(
                                                PKCSObjectIdentifiers.rsaEncryption,
                                                DERNull.INSTANCE),
                                        RSAPrivateKey.getInstance(block.getContent()));
                        case "EC PRIVATE KEY" -> sec1(block.getContent(), parameters);
                        case "PRIVATE KEY" -> PrivateKeyInfo.getInstance(block.getContent());
                        default ->
                                throw new BadCertificateException(
                                        name
                                                + " holds "
                                                + article(block.getType())
                                                + " (expected: "
                                                + KeyTypes.EXPECTED
                                                + ")");
                    };
            return toJdk(name, key);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            // RuntimeException: BouncyCastle's ASN.1 classes throw several kinds for bytes that
            // are not what they should be.
            throw new BadCertificateException(
                    name + " cannot be read: " + BadCertificateException.detail(e), e);
        }
    }

    /** A traditional key says in a header that it is encrypted (RFC 1421 section 4.6.1.1). */
    private static boolean isEncrypted(PemObject block) {
        if (block.getType().equals("ENCRYPTED PRIVATE KEY")) {
            return true;
        }
        List<?> headers = block.getHeaders();
        for (Object header : headers) {
            if (header instanceof PemHeader h
                    && h.getName().equals("Proc-Type")
                    && h.getValue().contains("ENCRYPTED")) {
                return true;
            }
        }
        return false;
    }

    private static PrivateKeyInfo sec1(byte[] content, @Nullable PemObject parameters)
            throws IOException {
        ECPrivateKey key = ECPrivateKey.getInstance(content);
        ASN1Encodable curve = key.getParametersObject();
        if (curve == null && parameters != null) {
            curve = ASN1ObjectIdentifier.getInstance(parameters.getContent());
        }
        return new PrivateKeyInfo(
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve), key);
    }

    private static PrivateKey toJdk(String name, PrivateKeyInfo key)
            throws BadCertificateException, IOException, GeneralSecurityException {
        ASN1ObjectIdentifier algorithm = key.getPrivateKeyAlgorithm().getAlgorithm();
        if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            int bits = RSAPrivateKey.getInstance(key.parsePrivateKey()).getModulus().bitLength();
            if (bits < RSA_BITS_MIN) {
                throw new BadCertificateException(
                        name
                                + " is an RSA key of "
                                + bits
                                + " bits (expected: at least "
                                + RSA_BITS_MIN
                                + ")");
            }
            return generate("RSA", key);
        }
        if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            if (!(key.getPrivateKeyAlgorithm().getParameters() instanceof ASN1ObjectIdentifier)) {
                throw new BadCertificateException(
                        name + " does not name its EC curve (expected: P-256, P-384 or P-521)");
            }
            return generate("EC", key);
        }
        throw new BadCertificateException(
                name + " is " + typeName(algorithm) + " (expected: " + KeyTypes.EXPECTED + ")");
    }

    private static PrivateKey generate(String algorithm, PrivateKeyInfo key)
            throws IOException, GeneralSecurityException {
        return KeyFactory.getInstance(algorithm)
                .generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded()));
    }

    private static String typeName(ASN1ObjectIdentifier algorithm) {
        if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
            return "an Ed25519 key, which browsers do not take";
        }
        if (algorithm.equals(EdECObjectIdentifiers.id_Ed448)) {
            return "an Ed448 key, which browsers do not take";
        }
        return "a key of type " + algorithm.getId();
    }
}
