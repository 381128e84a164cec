package dev.penstock.model.tls;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.http.HostPattern;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which certificate serves which host.
 *
 * @param certificates by host, exact or wildcard; an exact host is looked up before the wildcard of
 *     its parent
 * @param defaultCertificate served for every other host and without SNI; null for one made at start
 */
public record TlsConfig(
        SortedMap<HostPattern, Certificate> certificates,
        @Nullable Certificate defaultCertificate) {

    /** No certificates but the one made at start. */
    public static final TlsConfig EMPTY = new TlsConfig(new TreeMap<>(), null);

    public TlsConfig {
        certificates =
                Collections.unmodifiableSortedMap(requireNonNull(certificates, "certificates"));
    }
}
