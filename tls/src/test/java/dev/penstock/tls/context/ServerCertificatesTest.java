package dev.penstock.tls.context;

import static dev.penstock.tls.TestAuthority.ec;
import static dev.penstock.tls.TestAuthority.rsa;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.model.ObjectRef;
import dev.penstock.model.http.HostPattern;
import dev.penstock.model.tls.Certificate;
import dev.penstock.model.tls.TlsConfig;
import dev.penstock.tls.TestAuthority;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Handshakes through real sockets, with each TLS implementation. */
@ParameterizedClass
@EnumSource(names = {"OPENSSL", "JDK"})
class ServerCertificatesTest {

    private static final TestAuthority authority = new TestAuthority();
    private static final KeyPair ecKey = ec("secp256r1");
    private static final KeyPair rsaKey = rsa(2048);
    private static final Certificate shop = authority.certificate(ecKey, "shop.example");
    private static final Certificate wild = authority.certificate(rsaKey, "*.example");
    private static final Certificate fallback = authority.certificate(ecKey, "default.example");

    @Parameter TlsProvider provider = TlsProvider.AUTO;

    private final AtomicLong clock = new AtomicLong();
    private @Nullable TlsServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void servesExactThenWildcardThenDefault() throws IOException {
        ServerCertificates certificates = serve(shopAndWild());
        assertThat(servedName(certificates, "shop.example")).isEqualTo("CN=shop.example");
        assertThat(servedName(certificates, "SHOP.example")).isEqualTo("CN=shop.example");
        assertThat(servedName(certificates, "other.example")).isEqualTo("CN=*.example");
        assertThat(servedName(certificates, "a.b.example")).isEqualTo("CN=default.example");
        assertThat(servedName(certificates, null)).isEqualTo("CN=default.example");
    }

    @Test
    void servesACertificateOfItsOwnWhereNoDefaultIsGiven() throws IOException {
        ServerCertificates certificates = serve(TlsConfig.EMPTY);
        assertThat(servedName(certificates, "x.example"))
                .isEqualTo("CN=penstock default certificate");
        assertThat(certificates.select("y.example")).isSameAs(certificates.select(null));
    }

    @Test
    void sendsTheWholeChain() throws IOException {
        serve(shopAndWild());
        try (TlsClient.Connection connection = new TlsClient().connect(port(), "shop.example")) {
            assertThat(connection.chain()).hasSize(2).endsWith(authority.intermediate());
        }
    }

    @Test
    void speaksTls12And13WithEitherKeyType() throws IOException {
        serve(shopAndWild());
        for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
            for (String host : List.of("shop.example", "rsa.example")) {
                try (TlsClient.Connection connection =
                        new TlsClient(protocol).connect(port(), host)) {
                    assertThat(connection.protocol()).isEqualTo(protocol);
                    assertThat(connection.socket().getSession().getCipherSuite())
                            .isIn(CipherSuites.MODERN);
                }
            }
        }
    }

    @Test
    void refusesProtocolsThatAreNotWanted() {
        serve(shopAndWild(), settings().withProtocols(List.of("TLSv1.3")));
        assertThatThrownBy(() -> new TlsClient("TLSv1.2").connect(port(), "shop.example").close())
                .isInstanceOf(IOException.class);
    }

    @Test
    void offersHttp2BeforeHttp11() throws IOException {
        serve(shopAndWild());
        assertThat(negotiated("http/1.1", "h2")).isEqualTo("h2");
        assertThat(negotiated("http/1.1")).isEqualTo("http/1.1");
        assertThat(negotiated()).isEmpty();
    }

    @Test
    void resumesSessions() throws IOException {
        serve(shopAndWild());
        for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
            TlsClient client = new TlsClient(protocol);
            client.connect(port(), "shop.example").close();
            client.connect(port(), "shop.example").close();
            assertThat(client.fullHandshakes()).as(protocol).isEqualTo(1);
        }
    }

    @Test
    void resumesSessionsOfAContextThatIsGone() throws IOException {
        Assumptions.assumeTrue(
                provider == TlsProvider.OPENSSL, "the JDK's keys end with a context");
        ServerCertificates certificates = serve(shopAndWild());
        for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
            TlsClient client = new TlsClient(protocol);
            client.connect(port(), "shop.example").close();
            SslContext first = certificates.select("shop.example");
            certificates.update(TlsConfig.EMPTY);
            certificates.update(shopAndWild());
            assertThat(certificates.select("shop.example")).isNotSameAs(first);
            client.connect(port(), "shop.example").close();
            assertThat(client.fullHandshakes()).as(protocol).isEqualTo(1);
        }
    }

    @Test
    void resumesSessionsUntilTheirKeyIsTwoRotationsOld() throws IOException {
        Assumptions.assumeTrue(provider == TlsProvider.OPENSSL, "the JDK rotates keys by itself");
        serve(shopAndWild());
        for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
            TlsClient client = new TlsClient(protocol);
            client.connect(port(), "shop.example").close();
            clock.addAndGet(Duration.ofHours(1).toNanos());
            client.connect(port(), "shop.example").close();
            assertThat(client.fullHandshakes()).as(protocol).isEqualTo(1);
            clock.addAndGet(Duration.ofHours(3).toNanos());
            client.connect(port(), "shop.example").close();
            assertThat(client.fullHandshakes()).as(protocol).isEqualTo(2);
        }
    }

    @Test
    void doesNotResumeASessionUnderAnotherCertificate() throws IOException {
        ServerCertificates certificates = serve(shopAndWild());
        for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
            certificates.update(shopAndWild());
            TlsClient client = new TlsClient(protocol);
            client.connect(port(), "shop.example").close();
            certificates.update(
                    config(Map.of("shop.example", authority.certificate(ecKey, "shop.example"))));
            client.connect(port(), "shop.example").close();
            assertThat(client.fullHandshakes()).as(protocol).isEqualTo(2);
        }
    }

    @Test
    void anOpenConnectionGoesOnWhenItsCertificateGoes() throws IOException {
        ServerCertificates certificates = serve(shopAndWild());
        try (TlsClient.Connection connection = new TlsClient().connect(port(), "shop.example")) {
            certificates.update(TlsConfig.EMPTY);
            connection.exchange();
            assertThat(servedName(certificates, "shop.example"))
                    .isEqualTo("CN=penstock default certificate");
            connection.exchange();
        }
    }

    @Test
    void keepsTheContextsOfCertificatesThatStay() {
        ServerCertificates certificates = new ServerCertificates(settings());
        certificates.update(shopAndWild());
        SslContext kept = certificates.select("shop.example");
        certificates.select("x.example");
        assertThat(certificates.contextCount()).isEqualTo(2);
        Certificate equal = new Certificate(shop.source(), shop.chainPem(), shop.keyPem());
        certificates.update(config(Map.of("shop.example", equal)));
        assertThat(certificates.select("shop.example")).isSameAs(kept);
        assertThat(certificates.contextCount()).isEqualTo(1);
    }

    @Test
    void sharesTheContextOfEqualCertificates() {
        ServerCertificates certificates = new ServerCertificates(settings());
        Certificate copy =
                new Certificate(
                        new ObjectRef("Secret", "other", "copy"),
                        shop.chainPem().clone(),
                        shop.keyPem().clone());
        certificates.update(config(Map.of("a.example", shop, "b.example", copy)));
        assertThat(certificates.select("a.example")).isSameAs(certificates.select("b.example"));
        assertThat(certificates.contextCount()).isEqualTo(1);
    }

    @Test
    void servesTheDefaultForACertificateThatCannotBeUsed() throws IOException {
        Certificate broken = new Certificate(shop.source(), shop.chainPem(), wild.keyPem());
        ServerCertificates certificates =
                serve(config(Map.of("shop.example", broken, "*.example", wild)));
        assertThat(servedName(certificates, "shop.example")).isEqualTo("CN=default.example");
        certificates.update(config(Map.of("shop.example", shop)));
        assertThat(servedName(certificates, "shop.example")).isEqualTo("CN=shop.example");
    }

    @Test
    void servesItsOwnCertificateForADefaultThatCannotBeUsed() throws IOException {
        Certificate broken = new Certificate(shop.source(), new byte[0], new byte[0]);
        ServerCertificates certificates = serve(new TlsConfig(new TreeMap<>(), broken));
        assertThat(servedName(certificates, "shop.example"))
                .isEqualTo("CN=penstock default certificate");
    }

    @Test
    void tenThousandCertificatesCostNothingUntilTheyAreAskedFor() {
        Map<String, Certificate> many = new TreeMap<>();
        for (int i = 0; i < 10_000; i++) {
            byte[] different =
                    ("# " + i + "\n" + new String(shop.chainPem(), StandardCharsets.US_ASCII))
                            .getBytes(StandardCharsets.US_ASCII);
            many.put(
                    "h" + i + ".example",
                    new Certificate(
                            new ObjectRef("Secret", "ns", "s" + i), different, shop.keyPem()));
        }
        ServerCertificates certificates = new ServerCertificates(settings());
        TlsConfig config = config(many);
        long start = cpuNanos();
        certificates.update(config);
        assertThat(Duration.ofNanos(cpuNanos() - start)).isLessThan(Duration.ofSeconds(1));
        assertThat(certificates.contextCount()).isZero();
        certificates.select("h9999.example");
        assertThat(certificates.contextCount()).isEqualTo(1);
    }

    @Test
    void keepsNoMoreContextsThanAllowed() {
        ServerCertificates certificates = new ServerCertificates(settings().withContextsMax(2));
        certificates.update(
                config(Map.of("a.example", shop, "b.example", wild, "c.example", fallback)));
        for (String host : List.of("a.example", "b.example", "c.example", "a.example")) {
            certificates.select(host);
        }
        assertThat(certificates.contextCount()).isEqualTo(2);
    }

    @Test
    void closesAConnectionThatSaysNothing() throws IOException {
        serve(shopAndWild(), settings().withHandshakeTimeout(Duration.ofMillis(200)));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            socket.setSoTimeout(10_000);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void closesAConnectionWhoseFirstMessageIsTooLong() throws IOException {
        serve(shopAndWild());
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            socket.setSoTimeout(8_000); // less than the handshake may take
            // A handshake record that announces a ClientHello of 1 MiB.
            byte[] record = new byte[5 + 4 + 1000];
            record[0] = 22;
            record[1] = 3;
            record[2] = 1;
            record[3] = (byte) ((record.length - 5) >> 8);
            record[4] = (byte) (record.length - 5);
            record[5] = 1;
            record[6] = 0x10;
            socket.getOutputStream().write(record);
            assertThat(lastByte(socket)).isEqualTo(-1);
        }
    }

    @Test
    void closesAConnectionThatDoesNotSpeakTls() throws IOException {
        serve(shopAndWild());
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            socket.setSoTimeout(8_000);
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(lastByte(socket)).isEqualTo(-1);
        }
    }

    @Test
    void namesItsProvider() {
        assertThat(new ServerCertificates(settings()).providerName())
                .startsWith(provider == TlsProvider.JDK ? "JDK 2" : "OpenSSL (BoringSSL");
        assertThat(OpenSsl.isAvailable()).as("tests run where OpenSSL is").isTrue();
    }

    private static int lastByte(Socket socket) throws IOException {
        int b = 0;
        while (b >= 0) {
            b = socket.getInputStream().read(); // perhaps an alert first
        }
        return b;
    }

    private String negotiated(String... alpn) throws IOException {
        try (TlsClient.Connection connection =
                new TlsClient().connect(port(), "shop.example", alpn)) {
            return connection.socket().getApplicationProtocol();
        }
    }

    private String servedName(ServerCertificates certificates, @Nullable String host)
            throws SSLException, IOException {
        assertThat(certificates.select(host)).isNotNull();
        try (TlsClient.Connection connection = new TlsClient().connect(port(), host)) {
            X509Certificate leaf = connection.chain().getFirst();
            return leaf.getSubjectX500Principal().getName();
        }
    }

    private ServerTlsSettings settings() {
        return ServerTlsSettings.DEFAULT.withProvider(provider);
    }

    private ServerCertificates serve(TlsConfig config) {
        return serve(config, settings());
    }

    private ServerCertificates serve(TlsConfig config, ServerTlsSettings settings) {
        ServerCertificates certificates = new ServerCertificates(settings, clock::get);
        certificates.update(config);
        server = new TlsServer(certificates::newHandler);
        return certificates;
    }

    private int port() {
        return requireNonNull(server).port();
    }

    private static TlsConfig shopAndWild() {
        return config(Map.of("shop.example", shop, "*.example", wild));
    }

    private static TlsConfig config(Map<String, Certificate> certificates) {
        TreeMap<HostPattern, Certificate> hosts = new TreeMap<>();
        certificates.forEach((host, certificate) -> hosts.put(new HostPattern(host), certificate));
        return new TlsConfig(hosts, fallback);
    }

    /** Of this thread, which other work on the machine does not lengthen. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
