package dev.penstock.controller.translate;

import dev.penstock.controller.state.ObjectMeta;
import dev.penstock.model.Problem;
import dev.penstock.model.ProblemReason;
import dev.penstock.model.SourceLocation;
import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.PathMatch;
import dev.penstock.model.http.PathType;
import dev.penstock.model.http.Route;
import dev.penstock.model.http.VirtualHost;
import dev.penstock.model.tls.Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Merges what several Ingresses want of one host. Where two want the same, the older has it. */
final class HostMerger {

    private final HostPattern host;
    private final List<Problem> problems = new ArrayList<>(0);

    /**
     * A host as it is served.
     *
     * @param virtualHost its routes; null where only its certificate is served
     * @param certificate its certificate; null for the default one
     * @param problems who lost what to whom
     */
    record Merged(
            @Nullable VirtualHost virtualHost,
            @Nullable Certificate certificate,
            List<Problem> problems) {
        Merged {
            problems = List.copyOf(problems);
        }
    }

    /** What conflicts: Exact and Prefix of one path do not, Prefix in either of its names does. */
    private record Key(boolean exact, String path) {
        static final Key ALL = of(PathMatch.ALL);

        static Key of(PathMatch match) {
            return new Key(match.type() == PathType.EXACT, match.value());
        }
    }

    private HostMerger(HostPattern host) {
        this.host = host;
    }

    /**
     * Merges claims.
     *
     * @param claims what is wanted of the host, the oldest Ingress first; at least one
     */
    static Merged merge(HostPattern host, List<HostClaim> claims) {
        HostMerger merger = new HostMerger(host);
        Certificate certificate = merger.certificate(claims);
        if (claims.stream().noneMatch(HostClaim::isRouted)) {
            return new Merged(null, certificate, merger.problems);
        }
        boolean tls = claims.stream().anyMatch(HostClaim::tls);
        VirtualHost virtualHost = new VirtualHost(host, tls, merger.routes(claims));
        return new Merged(virtualHost, certificate, merger.problems);
    }

    private List<Route> routes(List<HostClaim> claims) {
        Map<Key, Route> taken = new HashMap<>();
        List<Route> routes = new ArrayList<>();
        for (HostClaim claim : claims) {
            for (HostClaim.Claimed claimed : claim.routes()) {
                Route route = claimed.route();
                Route winner = taken.putIfAbsent(Key.of(route.path()), route);
                if (winner == null) {
                    routes.add(route);
                } else {
                    lost(
                            claim.meta(),
                            route.id().field(),
                            claimed.lineOffset(),
                            host + " " + route.path() + " belongs to " + winner.id(),
                            "the path is left out");
                }
            }
        }
        if (!taken.containsKey(Key.ALL)) {
            addDefault(routes, claims);
        }
        return routes;
    }

    private void addDefault(List<Route> routes, List<HostClaim> claims) {
        Route winner = null;
        for (HostClaim claim : claims) {
            HostClaim.Claimed claimed = claim.defaultRoute();
            if (claimed == null) {
                continue;
            }
            if (winner == null) {
                winner = claimed.route();
                routes.add(winner);
            } else {
                lost(
                        claim.meta(),
                        claimed.route().id().field(),
                        claimed.lineOffset(),
                        "the default backend of "
                                + (host.isAny() ? "all other hosts" : host.toString())
                                + " is that of "
                                + winner.id().source(),
                        "it is left out for them");
            }
        }
    }

    private @Nullable Certificate certificate(List<HostClaim> claims) {
        HostClaim.CertificateClaim winner = null;
        ObjectMeta winnerMeta = null;
        for (HostClaim claim : claims) {
            HostClaim.CertificateClaim asked = claim.certificate();
            if (asked == null) {
                continue;
            }
            if (winner == null) {
                winner = asked;
                winnerMeta = claim.meta();
            } else if (winnerMeta != null && !asked.certificate().equals(winner.certificate())) {
                lost(
                        claim.meta(),
                        asked.field(),
                        asked.lineOffset(),
                        "the certificate of " + host + " is chosen by " + winnerMeta.ref(),
                        "Secret "
                                + winner.certificate().source().qualifiedName()
                                + " is served for it");
            }
        }
        return winner == null ? null : winner.certificate();
    }

    private void lost(
            ObjectMeta loser, String field, int lineOffset, String message, String consequence) {
        SourceLocation at = loser.locationAt(lineOffset);
        problems.add(
                new Problem(loser.ref(), field, ProblemReason.Conflict, message, consequence, at));
    }
}
