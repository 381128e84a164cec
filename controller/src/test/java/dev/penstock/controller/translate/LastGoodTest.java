package dev.penstock.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.Finding;
import dev.penstock.controller.state.IngressObject;
import dev.penstock.controller.state.SecretObject;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.ProblemReason;
import dev.penstock.model.config.Configuration;
import dev.penstock.model.http.HostPattern;
import dev.penstock.model.tls.Certificate;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastGoodTest {

    private static final HostPattern HOST = new HostPattern("a.example.com");
    private static final ObjectRef SECRET = new ObjectRef(SecretObject.KIND, "shop", "cert");
    private static final ObjectRef INGRESS = new ObjectRef(IngressObject.KIND, "shop", "a");

    @TempDir Path directory;

    private final CertificateJudge judge = new CertificateJudge();
    private final LastGood lastGood = new LastGood(judge);
    private final Translator translator = new Translator(TranslatorSettings.MANIFESTS, judge);
    private ClusterState state = ClusterState.EMPTY;

    @BeforeEach
    void readGoodState() throws Exception {
        state = GoldenTest.read("tls-listed-host", directory).state();
    }

    @Test
    void goodStatePassesUnchanged() {
        assertThat(lastGood.apply(state)).isSameAs(state);
    }

    @Test
    void badSecretKeepsItsLastGoodCertificate() {
        Certificate good = certificate(translate(state));
        Configuration after = translate(state.with(broken()));
        assertThat(certificate(after)).isEqualTo(good);
        assertThat(after.problems())
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.object()).isEqualTo(SECRET);
                    assertThat(problem.reason()).isEqualTo(ProblemReason.InvalidCertificate);
                    assertThat(problem.consequence()).contains("last good version");
                });
        // Also after something else changed, and until it is good again.
        ClusterState other = state.with(broken()).without(new ObjectRef("Service", "shop", "web"));
        assertThat(certificate(translate(other))).isEqualTo(good);
        assertThat(translate(state).problems()).isEmpty();
    }

    @Test
    void deletedSecretIsGone() {
        translate(state);
        Configuration after = translate(state.without(SECRET));
        assertThat(after.tls().certificates()).isEmpty();
    }

    @Test
    void secretThatWasNeverGoodHasNoLastGoodVersion() {
        Configuration first = translate(state.with(broken()));
        assertThat(first.tls().certificates()).isEmpty();
        assertThat(first.problems().getFirst().object()).isEqualTo(INGRESS);
    }

    @Test
    void ingressOfWhichNothingIsLeftKeepsItsRules() {
        Configuration good = translate(state);
        IngressObject ingress = Objects.requireNonNull(state.ingresses().get(INGRESS));
        IngressObject empty =
                new IngressObject(
                        ingress.meta(),
                        ingress.className(),
                        null,
                        List.of(),
                        List.of(),
                        true,
                        List.of(),
                        List.of(
                                new Finding(
                                        "spec", ProblemReason.InvalidField, "is missing", "", 0)));
        Configuration after = translate(state.with(empty));
        assertThat(after.http()).isEqualTo(good.http());
        assertThat(after.problems()).hasSize(2);
        assertThat(translate(state.without(INGRESS)).http().hosts()).isEmpty();
    }

    private Configuration translate(ClusterState next) {
        return translator.translate(lastGood.apply(next), Instant.now()).configuration();
    }

    private static Certificate certificate(Configuration configuration) {
        return Objects.requireNonNull(configuration.tls().certificates().get(HOST));
    }

    private SecretObject broken() {
        SecretObject secret = Objects.requireNonNull(state.secrets().get(SECRET));
        byte[] garbage = "garbage".getBytes(StandardCharsets.US_ASCII);
        return new SecretObject(secret.meta(), secret.type(), garbage, garbage, List.of());
    }
}
