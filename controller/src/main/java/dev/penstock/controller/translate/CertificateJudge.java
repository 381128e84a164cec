package dev.penstock.controller.translate;

import dev.penstock.controller.state.SecretObject;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.tls.Certificate;
import dev.penstock.tls.pem.BadCertificateException;
import dev.penstock.tls.pem.CertificateFacts;
import dev.penstock.tls.pem.CertificateReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Reads the certificates of Secrets and remembers what they are. Reading one is a pure function of
 * the Secret; it is remembered because it costs much.
 */
public final class CertificateJudge {

    private final Map<ObjectRef, Judged> known = new HashMap<>();

    /** What a Secret holds. */
    sealed interface Verdict {

        /**
         * A certificate with its key.
         *
         * @param certificate for the data plane
         * @param facts what it says of itself
         */
        record Good(Certificate certificate, CertificateFacts facts) implements Verdict {}

        /**
         * Nothing that can be used.
         *
         * @param message why, in one line
         */
        record Bad(String message) implements Verdict {}
    }

    private record Judged(SecretObject secret, Verdict verdict) {}

    /** What a Secret holds. */
    @SuppressWarnings("ReferenceEquality") // an unchanged Secret is the same instance
    Verdict judge(SecretObject secret) {
        Judged before = known.get(secret.ref());
        if (before != null && before.secret == secret) {
            return before.verdict;
        }
        Verdict verdict = read(secret);
        known.put(secret.ref(), new Judged(secret, verdict));
        return verdict;
    }

    /** Forgets Secrets that are gone. */
    void retain(Set<ObjectRef> secrets) {
        if (known.size() > secrets.size()) {
            known.keySet().retainAll(secrets);
        }
    }

    private static Verdict read(SecretObject secret) {
        byte[] chain = secret.chainPem();
        byte[] key = secret.keyPem();
        if (chain == null || key == null) {
            return new Verdict.Bad(
                    chain != null
                            ? "has no tls.key"
                            : key != null ? "has no tls.crt" : "has neither tls.crt nor tls.key");
        }
        try {
            CertificateFacts facts = CertificateReader.read(chain, key);
            return new Verdict.Good(new Certificate(secret.ref(), chain, key), facts);
        } catch (BadCertificateException e) {
            return new Verdict.Bad(String.valueOf(e.getMessage()));
        }
    }
}
