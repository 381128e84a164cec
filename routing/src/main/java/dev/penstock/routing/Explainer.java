package dev.penstock.routing;

import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.Predicate;
import dev.penstock.model.http.Route;
import dev.penstock.routing.Explanation.Miss;
import dev.penstock.routing.Explanation.NearMiss;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes one {@link Explanation}. What matches is asked of the table itself, so that an explanation
 * cannot differ from what a request gets; only the reasons are worked out here.
 *
 * @param <T> the table's payload
 */
final class Explainer<T> {

    private final RouteTable<T> table;
    private final RequestView request;
    private final String host;
    private final byte[] path;
    private final List<Ranked> misses = new ArrayList<>();

    Explainer(RouteTable<T> table, RequestView request) {
        this.table = table;
        this.request = request;
        this.host =
                new String(
                        request.hostBytes(),
                        request.hostStart(),
                        request.hostLength(),
                        StandardCharsets.ISO_8859_1);
        this.path = Arrays.copyOf(request.pathBytes(), request.pathLength());
    }

    /**
     * A miss with what orders it among those of its class.
     *
     * @param common how many bytes its path has in common with the request's
     */
    private record Ranked(NearMiss miss, int common) {}

    Explanation explain() {
        HostTable<T> deciding = table.host(request);
        Candidate<T> own = deciding == null ? null : deciding.match(request);
        Candidate<T> fallback = table.fallback();
        Candidate<T> winner = own == null ? fallback : own;
        for (HostTable<T> other : table.hosts()) {
            if (other == deciding) {
                addRoutes(other, own);
            } else {
                addOtherHost(other, deciding);
            }
        }
        if (own != null && fallback != null) {
            String reason = "the default route takes what no other route does";
            add(null, fallback.route(), Miss.DEFAULT_NOT_NEEDED, reason);
        }
        misses.sort(
                Comparator.comparing((Ranked ranked) -> ranked.miss().miss())
                        .thenComparingInt(ranked -> -ranked.common()));
        List<NearMiss> nearest =
                misses.stream().limit(Explanation.NEAR_MISSES_MAX).map(Ranked::miss).toList();
        return new Explanation(
                host,
                text(path),
                deciding == null ? null : deciding.pattern(),
                winner == null ? null : winner.route(),
                reason(deciding, own, winner),
                nearest,
                misses.size() - nearest.size());
    }

    private String reason(
            @Nullable HostTable<T> deciding,
            @Nullable Candidate<T> own,
            @Nullable Candidate<T> winner) {
        if (deciding == null) {
            String none = host.isEmpty() ? "the request has no host" : "no host matches " + host;
            return winner == null ? none : none + ", so the default route takes it";
        }
        String decides = hostKind(deciding.pattern()) + " decides";
        if (own != null) {
            Route route = own.route();
            String kind = HostTable.isExact(route) ? "the exact path" : "the longest prefix";
            int predicates = route.predicates().size();
            String conditions = predicates == 0 ? "" : ", and its predicates hold";
            return decides + ", and " + route.path() + " is " + kind + " that matches" + conditions;
        }
        String none = decides + ", and none of its routes takes the request";
        return winner == null ? none : none + ", so the default route does";
    }

    private static String hostKind(HostPattern pattern) {
        if (pattern.isAny()) {
            return "the rule for any host";
        }
        return (pattern.isWildcard() ? "the wildcard host " : "the exact host ") + pattern;
    }

    private void addRoutes(HostTable<T> deciding, @Nullable Candidate<T> winner) {
        deciding.forEach(candidate -> {
            if (candidate != winner) {
                addRoute(deciding.pattern(), candidate, winner);
            }
        });
    }

    private void addRoute(
            HostPattern pattern, Candidate<T> candidate, @Nullable Candidate<T> winner) {
        Route route = candidate.route();
        Predicate unmet = candidate.unmet(request);
        if (!pathMatches(route)) {
            add(pattern, route, Miss.PATH_DIFFERS, pathDifference(route));
        } else if (unmet != null) {
            add(pattern, route, Miss.PREDICATE_NOT_MET, describe(unmet));
        } else if (winner != null) {
            addLoser(pattern, route, winner.route());
        }
    }

    private void addLoser(HostPattern pattern, Route route, Route winner) {
        if (HostTable.isExact(winner) && !HostTable.isExact(route)) {
            String reason = "an exact path comes before a prefix: " + winner.path();
            add(pattern, route, Miss.EXACT_FIRST, reason);
        } else if (!Arrays.equals(HostTable.nodePath(route), HostTable.nodePath(winner))) {
            add(pattern, route, Miss.LONGER_PREFIX_FIRST, winner.path() + " is the longer prefix");
        } else if (HostTable.SPELLING.compare(winner, route) != 0) {
            String reason = winner.path() + " is preferred to the same without the slash";
            add(pattern, route, Miss.LONGER_PREFIX_FIRST, reason);
        } else if (HostTable.PRECEDENCE.compare(winner, route) != 0) {
            String reason = winner.id() + " asks for more of the request";
            add(pattern, route, Miss.MORE_PREDICATES_FIRST, reason);
        } else {
            add(pattern, route, Miss.OLDER_ROUTE_FIRST, winner.id() + " is older");
        }
    }

    private boolean pathMatches(Route route) {
        byte[] wanted = HostTable.nodePath(route);
        return HostTable.isExact(route)
                ? Arrays.equals(wanted, path)
                : HostTable.covers(wanted, path);
    }

    private String pathDifference(Route route) {
        byte[] wanted = HostTable.nodePath(route);
        int common = common(wanted);
        if (HostTable.isExact(route)) {
            boolean slash =
                    Math.abs(wanted.length - path.length) == 1
                            && common == Math.min(wanted.length, path.length)
                            && (wanted.length < path.length ? path : wanted)[common] == '/';
            if (slash) {
                return "an exact path differs by its trailing slash";
            }
            return common == wanted.length
                    ? "an exact path does not cover what is below it"
                    : differs(wanted);
        }
        return common == wanted.length
                ? "the prefix ends inside an element: "
                        + text(wanted)
                        + " is no element of the path"
                : differs(wanted);
    }

    private String differs(byte[] wanted) {
        String prefix = text(wanted);
        boolean caseOnly =
                path.length >= wanted.length
                        && text(path).regionMatches(true, 0, prefix, 0, wanted.length);
        return caseOnly ? "paths are case-sensitive" : "the path does not begin with " + prefix;
    }

    private void addOtherHost(HostTable<T> other, @Nullable HostTable<T> deciding) {
        HostPattern pattern = other.pattern();
        Miss miss;
        String reason;
        if (matches(pattern)) {
            miss = Miss.MORE_SPECIFIC_HOST_DECIDES;
            reason = deciding == null ? "" : hostKind(deciding.pattern()) + " decides alone";
        } else if (SimilarHosts.isNearWildcard(pattern, host)) {
            miss = Miss.HOST_DIFFERS;
            reason = "the * of " + pattern + " stands for exactly one label";
        } else if (SimilarHosts.areSimilar(pattern.text(), host)) {
            miss = Miss.HOST_DIFFERS;
            reason = "the host is " + pattern + ", not " + host;
        } else {
            return;
        }
        other.forEach(candidate -> {
            if (pathMatches(candidate.route()) && candidate.unmet(request) == null) {
                add(pattern, candidate.route(), miss, reason);
            }
        });
    }

    private boolean matches(HostPattern pattern) {
        if (pattern.isAny()) {
            return true;
        }
        int dot = host.indexOf('.');
        return pattern.isWildcard()
                ? dot > 0 && pattern.wildcardSuffix().equals(host.substring(dot))
                : pattern.text().equals(host);
    }

    private static String describe(Predicate unmet) {
        return switch (unmet) {
            case Predicate.Method(String method) -> "the method is not " + method;
            case Predicate.Header(String name, String value) ->
                    "the header " + name + " is not " + value;
            case Predicate.Query(String name, String value) ->
                    "the query parameter " + name + " is not " + value;
        };
    }

    private void add(@Nullable HostPattern pattern, Route route, Miss miss, String reason) {
        NearMiss near = new NearMiss(pattern, route, miss, reason);
        misses.add(new Ranked(near, common(HostTable.nodePath(route))));
    }

    /** How many bytes the request's path and another begin with in common. */
    private int common(byte[] other) {
        int mismatch = Arrays.mismatch(other, path);
        return mismatch < 0 ? other.length : mismatch;
    }

    private static String text(byte[] path) {
        return new String(path, StandardCharsets.ISO_8859_1);
    }
}
