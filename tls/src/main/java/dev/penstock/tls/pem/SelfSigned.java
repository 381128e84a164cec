package dev.penstock.tls.pem;

import dev.penstock.model.ObjectRef;
import dev.penstock.model.tls.Certificate;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** Makes certificates that sign themselves, for trying things out and for unknown hosts. */
public final class SelfSigned {

    private static final int VALID_DAYS = 397; // the most that browsers take
    private static final int SERIAL_BITS = 128;

    private SelfSigned() {}

    /**
     * Makes a P-256 key and a certificate for it, valid from a day ago (for clocks that are behind)
     * for a little more than a year.
     *
     * @param commonName the subject's common name
     * @param dnsNames the names it is for; may hold wildcards
     */
    public static Certificate create(String commonName, List<String> dnsNames) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            byte[] chain = sign(pair, commonName, dnsNames);
            return new Certificate(
                    new ObjectRef("SelfSigned", "", commonName),
                    pem("CERTIFICATE", chain),
                    pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException("every Java has P-256 and SHA-256", e);
        }
    }

    private static byte[] sign(KeyPair pair, String commonName, List<String> dnsNames)
            throws IOException, OperatorCreationException {
        Instant from = Instant.now().minus(1, ChronoUnit.DAYS);
        X500Name name = new X500NameBuilder().addRDN(BCStyle.CN, commonName).build();
        GeneralName[] names =
                dnsNames.stream()
                        .map(dnsName -> new GeneralName(GeneralName.dNSName, dnsName))
                        .toArray(GeneralName[]::new);
        X509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                                name,
                                new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS),
                                Date.from(from),
                                Date.from(from.plus(VALID_DAYS, ChronoUnit.DAYS)),
                                name,
                                pair.getPublic())
                        .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                        .addExtension(
                                Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                        .addExtension(
                                Extension.extendedKeyUsage,
                                false,
                                new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        if (names.length > 0) {
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
        }
        return builder.build(
                        new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
                .getEncoded();
    }

    private static byte[] pem(String type, byte[] der) throws IOException {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, der));
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
