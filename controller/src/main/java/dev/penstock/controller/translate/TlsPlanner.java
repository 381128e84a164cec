package dev.penstock.controller.translate;

import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.IngressObject;
import dev.penstock.controller.state.SecretObject;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.ProblemReason;
import dev.penstock.model.http.HostPattern;
import dev.penstock.tls.pem.CertificateFacts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the certificate of each host of one Ingress: that of the entry which lists the host, else
 * one of the Ingress's Secrets that covers it, else the default certificate.
 */
final class TlsPlanner {

    private static final String DEFAULT_SERVED = "the default certificate is served";

    private final IngressObject ingress;
    private final ClusterState state;
    private final CertificateJudge judge;
    private final Instant now;
    private final ProblemList problems;
    private final Set<ObjectRef> secrets = new HashSet<>();
    private final Map<HostPattern, HostTls> hosts = new LinkedHashMap<>();
    private Instant validUntil = Instant.MAX;

    /**
     * A host's TLS.
     *
     * @param secured whether {@code spec.tls} means the host: it lists it, or has a certificate for
     *     it
     * @param certificate the host's certificate; null for the default one
     */
    record HostTls(boolean secured, HostClaim.@Nullable CertificateClaim certificate) {
        /** A host of which {@code spec.tls} says nothing. */
        static final HostTls NONE = new HostTls(false, null);
    }

    /** An entry with the certificate it names, if that can be used. */
    private record Entry(IngressObject.Tls tls, CertificateJudge.Verdict.@Nullable Good good) {
        String field() {
            return "spec.tls[" + tls.index() + "]";
        }

        boolean covers(HostPattern host) {
            return good != null && !host.isAny() && good.facts().covers(host.text());
        }

        HostClaim.@Nullable CertificateClaim claim() {
            return good == null
                    ? null
                    : new HostClaim.CertificateClaim(good.certificate(), field(), tls.lineOffset());
        }
    }

    TlsPlanner(
            IngressObject ingress,
            ClusterState state,
            CertificateJudge judge,
            Instant now,
            ProblemList problems) {
        this.ingress = ingress;
        this.state = state;
        this.judge = judge;
        this.now = now;
        this.problems = problems;
    }

    /**
     * Decides about all hosts.
     *
     * @param ruleHosts the hosts of the Ingress's rules
     * @return the hosts with TLS, those of rules and those that only {@code spec.tls} lists
     */
    Map<HostPattern, HostTls> plan(Collection<HostPattern> ruleHosts) {
        if (ingress.tls().isEmpty()) {
            return Map.of();
        }
        List<Entry> entries = new ArrayList<>(ingress.tls().size());
        for (IngressObject.Tls tls : ingress.tls()) {
            entries.add(new Entry(tls, certificate(tls)));
        }
        entries.forEach(this::planListed);
        for (HostPattern host : ruleHosts) {
            if (!hosts.containsKey(host)) {
                HostTls found = find(host, entries);
                if (found != null) {
                    hosts.put(host, found);
                }
            }
        }
        return hosts;
    }

    /** The Secrets that were looked for. */
    Set<ObjectRef> secrets() {
        return secrets;
    }

    /** When the passing of time changes what was found. */
    Instant validUntil() {
        return validUntil;
    }

    private void planListed(Entry entry) {
        for (HostPattern host : entry.tls.hosts()) {
            HostTls before = hosts.get(host);
            if (before != null && before.certificate != null) {
                continue;
            }
            if (entry.good == null || entry.covers(host)) {
                hosts.put(host, new HostTls(true, entry.claim()));
            } else {
                mismatch(entry, entry.good.facts(), host);
                hosts.put(host, new HostTls(true, null));
            }
        }
    }

    private void mismatch(Entry entry, CertificateFacts facts, HostPattern host) {
        problems.add(
                entry.field(),
                entry.tls.lineOffset(),
                ProblemReason.CertificateMismatch,
                "the certificate of Secret "
                        + entry.tls.secretName()
                        + " is not for "
                        + host
                        + " (it is for "
                        + (facts.dnsNames().isEmpty()
                                ? "no DNS name"
                                : String.join(", ", facts.dnsNames()))
                        + ")",
                DEFAULT_SERVED + " for " + host);
    }

    /** The TLS of a host that no entry lists by this name. */
    private static @Nullable HostTls find(HostPattern host, List<Entry> entries) {
        for (Entry entry : entries) {
            for (HostPattern listed : entry.tls.hosts()) {
                if (takes(listed, host) && (entry.good == null || entry.covers(host))) {
                    return new HostTls(true, entry.claim());
                }
            }
        }
        for (Entry entry : entries) {
            // An entry without hosts is for all of them.
            if (entry.tls.hosts().isEmpty() && (entry.good == null || entry.covers(host))) {
                return new HostTls(true, entry.claim());
            }
        }
        for (Entry entry : entries) {
            if (entry.covers(host)) {
                return new HostTls(true, entry.claim());
            }
        }
        return null;
    }

    private static boolean takes(HostPattern wildcard, HostPattern host) {
        int dot = host.text().indexOf('.');
        return wildcard.isWildcard()
                && dot > 0
                && host.text().substring(dot).equals(wildcard.wildcardSuffix());
    }

    private CertificateJudge.Verdict.@Nullable Good certificate(IngressObject.Tls tls) {
        if (tls.secretName().isEmpty()) {
            return null;
        }
        ObjectRef ref =
                new ObjectRef(SecretObject.KIND, ingress.ref().namespace(), tls.secretName());
        secrets.add(ref);
        String field = "spec.tls[" + tls.index() + "].secretName";
        SecretObject secret = state.secrets().get(ref);
        if (secret == null) {
            problems.add(
                    field,
                    tls.lineOffset(),
                    ProblemReason.SecretNotFound,
                    "Secret " + ref.qualifiedName() + " does not exist",
                    DEFAULT_SERVED);
            return null;
        }
        return switch (judge.judge(secret)) {
            case CertificateJudge.Verdict.Bad(String message) -> {
                problems.add(
                        field,
                        tls.lineOffset(),
                        ProblemReason.InvalidCertificate,
                        "Secret " + ref.qualifiedName() + ": " + message,
                        DEFAULT_SERVED);
                yield null;
            }
            case CertificateJudge.Verdict.Good good -> {
                checkValidity(good.facts(), ref, field, tls.lineOffset());
                yield good;
            }
        };
    }

    /** A certificate out of its time is served all the same: what is worse is for the client. */
    private void checkValidity(
            CertificateFacts facts, ObjectRef secret, String field, int lineOffset) {
        String fault = null;
        if (now.isBefore(facts.notBefore())) {
            fault = "is not valid before " + facts.notBefore();
            dueAt(facts.notBefore());
        } else if (now.isAfter(facts.notAfter())) {
            fault = "expired at " + facts.notAfter();
        } else {
            dueAt(facts.notAfter());
        }
        if (fault != null) {
            problems.add(
                    field,
                    lineOffset,
                    ProblemReason.CertificateMismatch,
                    "the certificate of Secret " + secret.qualifiedName() + " " + fault,
                    "it is served all the same");
        }
    }

    private void dueAt(Instant instant) {
        if (instant.isBefore(validUntil)) {
            validUntil = instant;
        }
    }
}
