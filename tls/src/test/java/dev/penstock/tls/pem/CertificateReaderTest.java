package dev.penstock.tls.pem;

import static dev.penstock.tls.TestAuthority.ec;
import static dev.penstock.tls.TestAuthority.ed25519;
import static dev.penstock.tls.TestAuthority.pem;
import static dev.penstock.tls.TestAuthority.rsa;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.tls.TestAuthority;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateCrtKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateReaderTest {

    private static final TestAuthority authority = new TestAuthority();
    private static final KeyPair rsa = rsa(2048);
    private static final KeyPair p256 = ec("secp256r1");

    record KeyFile(String name, KeyPair pair, byte[] pem, String keyType) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<KeyFile> everyKindOfKey() throws IOException {
        return Stream.of(
                new KeyFile("RSA, PKCS#8", rsa, pkcs8(rsa), "RSA 2048"),
                new KeyFile("RSA, PKCS#1", rsa, pkcs1(rsa), "RSA 2048"),
                sec1("P-256, SEC 1", "secp256r1", "EC P-256"),
                sec1("P-384, SEC 1", "secp384r1", "EC P-384"),
                sec1("P-521, SEC 1", "secp521r1", "EC P-521"),
                pkcs8("P-256, PKCS#8", "secp256r1", "EC P-256"),
                pkcs8("P-384, PKCS#8", "secp384r1", "EC P-384"),
                pkcs8("P-521, PKCS#8", "secp521r1", "EC P-521"),
                new KeyFile(
                        "P-256, SEC 1 behind its parameters",
                        p256,
                        concat(
                                pem("EC PARAMETERS", curve(p256).getEncoded()),
                                pem("EC PRIVATE KEY", sec1(p256, false))),
                        "EC P-256"),
                new KeyFile(
                        "P-256 behind its certificate",
                        p256,
                        concat(pem(authority.leaf(p256, "a.example")), pkcs8(p256)),
                        "EC P-256"));
    }

    @ParameterizedTest
    @MethodSource("everyKindOfKey")
    void readsEveryKindOfKey(KeyFile key) throws BadCertificateException {
        X509Certificate leaf = authority.leaf(key.pair, "a.example");
        CertifiedKey loaded = CertificateReader.load(pem(leaf, authority.intermediate()), key.pem);
        assertThat(loaded.chain()).containsExactly(leaf, authority.intermediate());
        assertThat(number(loaded.key())).isEqualTo(number(key.pair.getPrivate()));
        assertThat(CertificateReader.read(pem(leaf), key.pem).keyType()).isEqualTo(key.keyType);
    }

    @Test
    void readsWhatACertificateSays() throws Exception {
        X509Certificate leaf =
                authority.leaf(p256, "Shop.Example.com", "*.example.com", "192.0.2.7");
        CertificateFacts facts = CertificateReader.read(pem(leaf), pkcs8(p256));
        assertThat(facts.dnsNames()).containsExactly("shop.example.com", "*.example.com");
        assertThat(facts.ipAddresses()).containsExactly("192.0.2.7");
        assertThat(facts.subject()).isEqualTo("CN=Shop.Example.com");
        assertThat(facts.issuer()).isEqualTo("CN=Test Intermediate");
        assertThat(facts.serial()).isEqualTo(leaf.getSerialNumber().toString(16));
        assertThat(facts.fingerprint()).matches("[0-9a-f]{64}");
        assertThat(Duration.between(facts.notBefore(), facts.notAfter())).hasDays(90);
        assertThat(facts.isValidAt(Instant.now())).isTrue();
        assertThat(facts.isValidAt(facts.notBefore().minusSeconds(1))).isFalse();
        assertThat(facts.isValidAt(facts.notAfter().plusSeconds(1))).isFalse();
    }

    @Test
    void aCommonNameIsNoName() throws Exception {
        CertificateFacts facts = CertificateReader.read(pem(authority.leaf(p256)), pkcs8(p256));
        assertThat(facts.dnsNames()).isEmpty();
        assertThat(facts.covers("nameless")).isFalse();
    }

    @Test
    void coversExactNamesAndOneLabelOfAWildcard() throws Exception {
        CertificateFacts facts =
                CertificateReader.read(
                        pem(authority.leaf(p256, "a.example", "*.b.example")), pkcs8(p256));
        assertThat(List.of("a.example", "A.EXAMPLE", "x.b.example", "*.b.example"))
                .allMatch(facts::covers);
        assertThat(
                        List.of(
                                "b.example",
                                "x.y.b.example",
                                ".b.example",
                                "x.a.example",
                                "*.a.example",
                                "example",
                                ""))
                .noneMatch(facts::covers);
    }

    @Test
    void toleratesGarbageBetweenBlocks() throws Exception {
        X509Certificate leaf = authority.leaf(p256, "a.example");
        byte[] chain =
                concat(
                        "Bag Attributes\r\n  friendlyName: x\n".getBytes(US_ASCII),
                        new String(pem(leaf), US_ASCII).replace("\n", "\r\n").getBytes(US_ASCII),
                        "\n\nissuer=CN = x\n".getBytes(US_ASCII),
                        pem(authority.intermediate()),
                        new byte[] {(byte) 0xff, 0, 7});
        assertThat(CertificateReader.load(chain, pkcs8(p256)).chain())
                .containsExactly(leaf, authority.intermediate());
    }

    @Test
    void findsTheLeafOfAChainInTheWrongOrder() throws Exception {
        X509Certificate leaf = authority.leaf(p256, "a.example");
        byte[] backwards = pem(authority.root(), authority.intermediate(), leaf);
        assertThat(CertificateReader.load(backwards, pkcs8(p256)).chain())
                .containsExactly(leaf, authority.intermediate(), authority.root());
        assertThat(CertificateReader.read(backwards, pkcs8(p256)).dnsNames())
                .containsExactly("a.example");
    }

    @Test
    void leavesAChainThatStartsWithItsLeafAsItIs() throws Exception {
        X509Certificate leaf = authority.leaf(p256, "a.example");
        byte[] chain = pem(leaf, authority.root(), authority.intermediate());
        assertThat(CertificateReader.load(chain, pkcs8(p256)).chain())
                .containsExactly(leaf, authority.root(), authority.intermediate());
    }

    @Test
    void refusesAnEncryptedKey() {
        String message = "the private key is encrypted; store it unencrypted in the Secret";
        refuses(leaf(), pem("ENCRYPTED PRIVATE KEY", new byte[] {1, 2, 3}), message);
        byte[] traditional =
                """
                -----BEGIN RSA PRIVATE KEY-----
                Proc-Type: 4,ENCRYPTED
                DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF

                AAECAwQFBgcICQ==
                -----END RSA PRIVATE KEY-----
                """
                        .getBytes(US_ASCII);
        refuses(leaf(), traditional, message);
    }

    @Test
    void refusesAKeyOfAnotherCertificate() {
        refuses(
                leaf(),
                pkcs8(ec("secp256r1")),
                "tls.key is not the key of the certificate for CN=a.example");
        refuses(leaf(), pkcs8(rsa), "tls.key is not the key of the certificate for CN=a.example");
    }

    @Test
    void refusesFilesThatHoldSomethingElse() {
        refuses(new byte[0], pkcs8(p256), "tls.crt is empty");
        refuses(leaf(), new byte[0], "tls.key is empty");
        refuses(
                "hello".getBytes(US_ASCII),
                pkcs8(p256),
                "tls.crt holds no PEM block (expected: -----BEGIN ...-----)");
        refuses(leaf(), leaf(), "tls.key holds no private key but a certificate");
        refuses(pkcs8(p256), pkcs8(p256), "tls.crt holds no certificate but a private key");
        refuses(
                pem("CERTIFICATE REQUEST", new byte[] {1}),
                pkcs8(p256),
                "tls.crt holds no certificate but a certificate request");
        refuses(
                leaf(),
                pem("DSA PRIVATE KEY", new byte[] {1}),
                "tls.key holds a DSA private key (expected: RSA, or EC on P-256, P-384 or P-521)");
    }

    @Test
    void refusesKeysThatAreNotServed() {
        KeyPair ed = ed25519();
        refuses(
                leaf(),
                pkcs8(ed),
                "tls.key is an Ed25519 key, which browsers do not take (expected: RSA, or EC on"
                        + " P-256, P-384 or P-521)");
        refuses(
                leaf(),
                pkcs8(rsa(512)),
                "tls.key is an RSA key of 512 bits (expected: at least 1024)");
    }

    @Test
    void refusesAnEcKeyThatDoesNotNameItsCurve() throws IOException {
        X9ECParameters explicit = ECNamedCurveTable.getByName("P-256");
        PrivateKeyInfo key =
                new PrivateKeyInfo(
                        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, explicit),
                        new ECPrivateKey(256, BigInteger.TEN));
        String message = "tls.key does not name its EC curve (expected: P-256, P-384 or P-521)";
        refuses(leaf(), pem("PRIVATE KEY", key.getEncoded()), message);
        refuses(leaf(), pem("EC PRIVATE KEY", sec1(p256, false)), message);
    }

    @Test
    void refusesDamagedKeys() throws IOException {
        RSAPrivateCrtKey key = (RSAPrivateCrtKey) rsa.getPrivate();
        RSAPrivateKey damaged =
                new RSAPrivateKey(
                        key.getModulus(),
                        key.getPublicExponent(),
                        key.getPrivateExponent().add(BigInteger.TWO),
                        key.getPrimeP(),
                        key.getPrimeQ(),
                        key.getPrimeExponentP(),
                        key.getPrimeExponentQ(),
                        key.getCrtCoefficient());
        refuses(
                pem(authority.leaf(rsa, "a.example")),
                pem("RSA PRIVATE KEY", damaged.getEncoded()),
                "tls.key is damaged: its numbers do not fit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"})
    void refusesKeysThatAreNoKeys(String type) {
        for (byte[] content :
                List.of(new byte[0], new byte[] {1, 2, 3}, new byte[] {0x30, 3, 2, 1, 0})) {
            assertRefused(leaf(), pem(type, content))
                    .hasMessageStartingWith("tls.key cannot be read: ");
        }
    }

    @Test
    void refusesBlocksThatCannotBeRead() {
        byte[] unended = Arrays.copyOf(leaf(), leaf().length - 20);
        assertRefused(unended, pkcs8(p256))
                .hasMessageStartingWith("tls.crt: PEM block 1 cannot be read: ");
        byte[] base64 =
                "-----BEGIN CERTIFICATE-----\n*!*\n-----END CERTIFICATE-----\n".getBytes(US_ASCII);
        assertRefused(concat(leaf(), base64), pkcs8(p256))
                .hasMessageStartingWith("tls.crt: PEM block 2 cannot be read: ");
        assertRefused(concat(leaf(), pem("CERTIFICATE", new byte[] {0x30, 1, 1})), pkcs8(p256))
                .hasMessageStartingWith("tls.crt: certificate 2 cannot be read: ");
    }

    @Test
    void refusesEndlessChains() {
        byte[] one = leaf();
        byte[] many = new byte[one.length * 65];
        for (int i = 0; i < 65; i++) {
            System.arraycopy(one, 0, many, i * one.length, one.length);
        }
        refuses(many, pkcs8(p256), "tls.crt holds more than 64 PEM blocks");
    }

    @Test
    void everyTruncationEndsInOneLineThatShowsNothingOfTheKey() {
        byte[] key = pkcs8(p256);
        String body = Base64.getEncoder().encodeToString(p256.getPrivate().getEncoded());
        for (int length = 0; length < key.length - 1; length++) {
            byte[] cut = Arrays.copyOf(key, length);
            try {
                CertificateReader.load(leaf(), cut);
            } catch (BadCertificateException e) {
                assertThat(e.getMessage()).matches("[ -~]+").doesNotContain(body.substring(40, 50));
            }
        }
    }

    @Test
    void registersNoProvider() throws Exception {
        CertificateReader.read(leaf(), pkcs8(p256));
        assertThat(Security.getProvider("BC")).isNull();
    }

    @Test
    void judgesThousandsInASecond() throws Exception {
        byte[] chain = pem(authority.leaf(p256, "a.example"), authority.intermediate());
        byte[] key = pkcs8(p256);
        for (int i = 0; i < 200; i++) {
            CertificateReader.read(chain, key);
        }
        long start = cpuNanos();
        for (int i = 0; i < 1_000; i++) {
            CertificateReader.read(chain, key);
        }
        // About 200 µs each on an ordinary machine; the bound leaves room for slow ones.
        assertThat(Duration.ofNanos(cpuNanos() - start)).isLessThan(Duration.ofSeconds(3));
    }

    /** The part of a key that is private, whatever its file says beside it. */
    private static BigInteger number(PrivateKey key) {
        return key instanceof java.security.interfaces.ECPrivateKey ec
                ? ec.getS()
                : ((RSAPrivateCrtKey) key).getPrivateExponent();
    }

    private static void refuses(byte[] chain, byte[] key, String message) {
        assertRefused(chain, key).hasMessage(message);
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
            byte[] chain, byte[] key) {
        return assertThatThrownBy(() -> CertificateReader.read(chain, key))
                .isInstanceOf(BadCertificateException.class);
    }

    private static byte[] leaf() {
        return pem(authority.leaf(p256, "a.example"));
    }

    private static byte[] pkcs8(KeyPair pair) {
        return pem("PRIVATE KEY", pair.getPrivate().getEncoded());
    }

    private static KeyFile pkcs8(String name, String curve, String keyType) {
        KeyPair pair = ec(curve);
        return new KeyFile(name, pair, pkcs8(pair), keyType);
    }

    private static byte[] pkcs1(KeyPair pair) throws IOException {
        PrivateKeyInfo info = PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded());
        return pem("RSA PRIVATE KEY", info.parsePrivateKey().toASN1Primitive().getEncoded());
    }

    private static KeyFile sec1(String name, String curve, String keyType) throws IOException {
        KeyPair pair = ec(curve);
        return new KeyFile(name, pair, pem("EC PRIVATE KEY", sec1(pair, true)), keyType);
    }

    /** SEC 1 as OpenSSL writes it, with the curve and the public key, or with the number alone. */
    private static byte[] sec1(KeyPair pair, boolean whole) throws IOException {
        PrivateKeyInfo info = PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded());
        BigInteger number = ECPrivateKey.getInstance(info.parsePrivateKey()).getKey();
        int bits = ECNamedCurveTable.getByOID(curve(pair)).getN().bitLength();
        if (!whole) {
            return new ECPrivateKey(bits, number).getEncoded();
        }
        byte[] point =
                SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded())
                        .getPublicKeyData()
                        .getOctets();
        return new ECPrivateKey(bits, number, new DERBitString(point), curve(pair)).getEncoded();
    }

    private static ASN1ObjectIdentifier curve(KeyPair pair) {
        return ASN1ObjectIdentifier.getInstance(
                PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded())
                        .getPrivateKeyAlgorithm()
                        .getParameters());
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Of this thread, which other work on the machine does not lengthen. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
