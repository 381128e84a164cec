package dev.penstock.controller.translate;

import static java.util.Objects.requireNonNull;

import dev.penstock.controller.state.ObjectMeta;
import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.Route;
import dev.penstock.model.tls.Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one Ingress wants of one host.
 *
 * @param meta the Ingress
 * @param host the host
 * @param isRouted whether a rule names the host, so that it is answered for at all
 * @param routes the routes of its paths, in the object's order
 * @param defaultRoute what takes the host's other paths; null for none
 * @param tls whether {@code spec.tls} means the host
 * @param certificate the host's certificate; null for the default one
 */
record HostClaim(
        ObjectMeta meta,
        HostPattern host,
        boolean isRouted,
        List<Claimed> routes,
        @Nullable Claimed defaultRoute,
        boolean tls,
        @Nullable CertificateClaim certificate) {

    HostClaim {
        requireNonNull(meta, "meta");
        requireNonNull(host, "host");
        routes = List.copyOf(routes);
    }

    /**
     * A route and where it stands.
     *
     * @param lineOffset lines between the object's first line and the route's
     */
    record Claimed(Route route, int lineOffset) {}

    /**
     * A certificate and where it is asked for.
     *
     * @param field the path of the entry of {@code spec.tls}
     * @param lineOffset lines between the object's first line and the entry's
     */
    record CertificateClaim(Certificate certificate, String field, int lineOffset) {}
}
