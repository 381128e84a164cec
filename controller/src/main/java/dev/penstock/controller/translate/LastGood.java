package dev.penstock.controller.translate;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.Finding;
import dev.penstock.controller.state.IngressObject;
import dev.penstock.controller.state.SecretObject;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.ProblemReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts the last good version of an object in the place of one that cannot be used at all, with a
 * finding that says so: of a Secret whose certificate cannot be read, and of an Ingress of which
 * nothing is left. It is the one place where what is served depends on what was there before. An
 * object that is deleted is gone. For one thread at a time.
 */
public final class LastGood {

    private static final String KEPT = "its last good version stays in use";

    private final CertificateJudge judge;
    private final Map<ObjectRef, Replacement<SecretObject>> secrets = new HashMap<>();
    private final Map<ObjectRef, Replacement<IngressObject>> ingresses = new HashMap<>();
    private ClusterState lastSeen = ClusterState.EMPTY;
    private ClusterState lastGiven = ClusterState.EMPTY;

    /** A bad version, and what stands in its place. */
    private record Replacement<T>(T bad, T shown) {}

    /**
     * @param judge used by this object's thread only; the translator's, so that nothing is judged
     *     twice
     */
    public LastGood(CertificateJudge judge) {
        this.judge = judge;
    }

    /** The state with bad objects replaced where a good version was seen before. */
    public ClusterState apply(ClusterState state) {
        // Starting from the new state, the maps of kinds without replacements stay the same ones.
        ClusterState.Builder result = state.change();
        for (ObjectRef ref : state.secrets().keysChangedSince(lastSeen.secrets())) {
            update(secrets, ref, secret(state.secrets().get(ref), lastGiven.secrets().get(ref)));
        }
        for (ObjectRef ref : state.ingresses().keysChangedSince(lastSeen.ingresses())) {
            update(
                    ingresses,
                    ref,
                    ingress(state.ingresses().get(ref), lastGiven.ingresses().get(ref)));
        }
        secrets.values().forEach(replacement -> result.put(replacement.shown));
        ingresses.values().forEach(replacement -> result.put(replacement.shown));
        lastSeen = state;
        lastGiven = result.build();
        return lastGiven;
    }

    private static <T> void update(
            Map<ObjectRef, Replacement<T>> all, ObjectRef ref, @Nullable Replacement<T> next) {
        if (next == null) {
            all.remove(ref);
        } else {
            all.put(ref, next);
        }
    }

    private @Nullable Replacement<SecretObject> secret(
            @Nullable SecretObject now, @Nullable SecretObject before) {
        if (now == null
                || before == null
                || !(judge.judge(before) instanceof CertificateJudge.Verdict.Good)
                || !(judge.judge(now) instanceof CertificateJudge.Verdict.Bad(String message))) {
            return null;
        }
        List<Finding> findings = new ArrayList<>(now.findings());
        findings.add(new Finding("", ProblemReason.InvalidCertificate, message, KEPT, 0));
        return new Replacement<>(
                now,
                new SecretObject(
                        now.meta(), before.type(), before.chainPem(), before.keyPem(), findings));
    }

    private static @Nullable Replacement<IngressObject> ingress(
            @Nullable IngressObject now, @Nullable IngressObject before) {
        if (now == null || before == null || !now.isUnusable() || before.isUnusable()) {
            return null;
        }
        List<Finding> findings = new ArrayList<>(now.findings());
        findings.add(
                new Finding(
                        "", ProblemReason.InvalidField, "nothing of it can be served", KEPT, 0));
        return new Replacement<>(
                now,
                new IngressObject(
                        now.meta(),
                        before.className(),
                        before.defaultBackend(),
                        before.rules(),
                        before.tls(),
                        before.hasRules(),
                        now.statusAddresses(),
                        findings));
    }
}
