package dev.penstock.tls;

import dev.penstock.model.ObjectRef;
import dev.penstock.model.tls.Certificate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** Issues certificates for tests: a root and an intermediate authority. */
public final class TestAuthority {

    private static final AtomicLong serials = new AtomicLong(1);

    private final KeyPair rootKey = ec("secp256r1");
    private final KeyPair intermediateKey = ec("secp256r1");
    private final X509Certificate root;
    private final X509Certificate intermediate;

    public TestAuthority() {
        root = sign("CN=Test Root", rootKey, "CN=Test Root", rootKey, true, List.of());
        intermediate =
                sign(
                        "CN=Test Intermediate",
                        intermediateKey,
                        "CN=Test Root",
                        rootKey,
                        true,
                        List.of());
    }

    public X509Certificate root() {
        return root;
    }

    public X509Certificate intermediate() {
        return intermediate;
    }

    /** A leaf of the intermediate; names that look like IP addresses become such. */
    public X509Certificate leaf(KeyPair key, String... names) {
        return sign(
                "CN=" + (names.length == 0 ? "nameless" : names[0]),
                key,
                "CN=Test Intermediate",
                intermediateKey,
                false,
                List.of(names));
    }

    /** A leaf with its intermediate, as a Secret holds them. */
    public Certificate certificate(KeyPair key, String... names) {
        return new Certificate(
                new ObjectRef("Secret", "default", names[0]),
                pem(leaf(key, names), intermediate),
                pem("PRIVATE KEY", key.getPrivate().getEncoded()));
    }

    public static KeyPair rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public static KeyPair ec(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public static KeyPair ed25519() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public static byte[] pem(X509Certificate... chain) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            for (X509Certificate certificate : chain) {
                text.writeBytes(pem("CERTIFICATE", certificate.getEncoded()));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        return text.toByteArray();
    }

    public static byte[] pem(String type, byte[] der) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, der));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static X509Certificate sign(
            String subject,
            KeyPair key,
            String issuer,
            KeyPair issuerKey,
            boolean authority,
            List<String> names) {
        Instant from = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(1, ChronoUnit.HOURS);
        try {
            X509v3CertificateBuilder builder =
                    new JcaX509v3CertificateBuilder(
                                    new X500Name(issuer),
                                    BigInteger.valueOf(serials.getAndIncrement()),
                                    Date.from(from),
                                    Date.from(from.plus(90, ChronoUnit.DAYS)),
                                    new X500Name(subject),
                                    key.getPublic())
                            .addExtension(
                                    Extension.basicConstraints,
                                    true,
                                    new BasicConstraints(authority));
            if (!names.isEmpty()) {
                List<GeneralName> general = new ArrayList<>();
                for (String name : names) {
                    general.add(
                            new GeneralName(
                                    name.matches("[0-9.]+|.*:.*")
                                            ? GeneralName.iPAddress
                                            : GeneralName.dNSName,
                                    name));
                }
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(general.toArray(GeneralName[]::new)));
            }
            ContentSigner signer =
                    new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKey.getPrivate());
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (IOException | OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
