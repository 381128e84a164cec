package dev.penstock.app.metrics;

import dev.penstock.model.tls.Certificate;
import dev.penstock.model.tls.TlsConfig;
import dev.penstock.tls.pem.BadCertificateException;
import dev.penstock.tls.pem.CertificateFacts;
import dev.penstock.tls.pem.CertificateReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the certificates that are served say of themselves. Reading one costs a good part of a
 * millisecond, so each is read once, when somebody asks, and again only when it changes.
 */
public final class CertificateDates {

    private @Nullable TlsConfig current;
    private Map<Certificate, Entry> entries = Map.of();

    /**
     * A certificate with its facts.
     *
     * @param facts null where it cannot be read
     * @param hosts the hosts it is served for, sorted; {@code *} for the default
     */
    public record Entry(
            Certificate certificate, @Nullable CertificateFacts facts, List<String> hosts) {
        public Entry {
            hosts = List.copyOf(hosts);
        }
    }

    /** The certificates of a configuration, sorted by source. */
    @SuppressWarnings("ReferenceEquality") // the same instance, when nothing changed
    public synchronized List<Entry> of(TlsConfig config) {
        if (config != current) {
            entries = read(config);
            current = config;
        }
        return entries.values().stream()
                .sorted((a, b) -> a.certificate().source().compareTo(b.certificate().source()))
                .toList();
    }

    private Map<Certificate, Entry> read(TlsConfig config) {
        Map<Certificate, List<String>> hosts = new HashMap<>();
        config.certificates()
                .forEach((host, certificate) ->
                        hosts.computeIfAbsent(certificate, key -> new ArrayList<>())
                                .add(host.toString()));
        if (config.defaultCertificate() != null) {
            hosts.computeIfAbsent(config.defaultCertificate(), key -> new ArrayList<>()).add("*");
        }
        Map<Certificate, Entry> next = new HashMap<>();
        hosts.forEach((certificate, names) -> {
            Entry known = entries.get(certificate);
            next.put(
                    certificate,
                    new Entry(
                            certificate,
                            known == null ? facts(certificate) : known.facts(),
                            names));
        });
        return Collections.unmodifiableMap(next);
    }

    private static @Nullable CertificateFacts facts(Certificate certificate) {
        try {
            return CertificateReader.read(certificate.chainPem(), certificate.keyPem());
        } catch (BadCertificateException _) {
            // Said as a Problem already; it has no date to show.
            return null;
        }
    }
}
