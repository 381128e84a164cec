package dev.penstock.tls.pem;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.model.tls.Certificate;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelfSignedTest {

    @Test
    void canBeReadAndServed() throws Exception {
        Certificate made =
                SelfSigned.create("penstock demo", List.of("localhost", "*.localtest.me"));
        CertificateFacts facts = CertificateReader.read(made.chainPem(), made.keyPem());
        assertThat(facts.dnsNames()).containsExactly("localhost", "*.localtest.me");
        assertThat(facts.subject()).isEqualTo("CN=penstock demo").isEqualTo(facts.issuer());
        assertThat(facts.keyType()).isEqualTo("EC P-256");
        assertThat(facts.isValidAt(Instant.now().minus(Duration.ofHours(1)))).isTrue();
        assertThat(facts.isValidAt(Instant.now().plus(Duration.ofDays(365)))).isTrue();
        assertThat(facts.isValidAt(Instant.now().plus(Duration.ofDays(398)))).isFalse();
    }

    @Test
    void isSignedByItsOwnKey() throws Exception {
        Certificate made = SelfSigned.create("x", List.of());
        CertifiedKey loaded = CertificateReader.load(made.chainPem(), made.keyPem());
        PublicKey key = loaded.leaf().getPublicKey();
        loaded.leaf().verify(key);
        assertThat(loaded.leaf().getSerialNumber().bitLength()).isLessThanOrEqualTo(159);
    }

    @Test
    void noTwoAreAlike() {
        assertThat(SelfSigned.create("x", List.of()).keyPem())
                .isNotEqualTo(SelfSigned.create("x", List.of()).keyPem());
    }
}
