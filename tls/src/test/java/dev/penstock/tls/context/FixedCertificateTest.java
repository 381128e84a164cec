package dev.penstock.tls.context;

import static dev.penstock.tls.TestAuthority.ec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.model.tls.Certificate;
import dev.penstock.tls.TestAuthority;
import dev.penstock.tls.pem.BadCertificateException;
import dev.penstock.tls.pem.CertificateReader;
import dev.penstock.tls.pem.CertifiedKey;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class FixedCertificateTest {

    private static final Certificate certificate =
            new TestAuthority().certificate(ec("secp256r1"), "shop.example");

    @Test
    void takesTheChoiceFromTheKeyManagerOfOpenSsl() throws BadCertificateException, SSLException {
        Assumptions.assumeTrue(
                OpenSsl.isAvailable(), "there is no OpenSSL library for this system");
        // False where Netty hides its context from us: handshakes still work, at a higher cost.
        assertThat(install(SslProvider.OPENSSL)).isTrue();
    }

    @Test
    void leavesTheJdkAlone() throws BadCertificateException, SSLException {
        assertThat(install(SslProvider.JDK)).isFalse();
    }

    private static boolean install(SslProvider provider)
            throws BadCertificateException, SSLException {
        CertifiedKey certified =
                CertificateReader.load(certificate.chainPem(), certificate.keyPem());
        SslContext context =
                SslContextBuilder.forServer(certified.key(), certified.chain())
                        .sslProvider(provider)
                        .build();
        return FixedCertificate.install(context, certified);
    }
}
