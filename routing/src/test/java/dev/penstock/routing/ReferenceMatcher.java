package dev.penstock.routing;

import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.HttpConfig;
import dev.penstock.model.http.PathType;
import dev.penstock.model.http.Predicate;
import dev.penstock.model.http.Route;
import dev.penstock.model.http.VirtualHost;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of routing in their plainest form: looks at every route, splits every string. */
final class ReferenceMatcher {

    private ReferenceMatcher() {}

    static @Nullable Route match(HttpConfig config, TestRequest request) {
        VirtualHost host = host(config, request.host());
        Route best = null;
        for (Route route : host == null ? List.<Route>of() : host.routes()) {
            if (matches(route, request) && (best == null || isBetter(route, best))) {
                best = route;
            }
        }
        return best == null ? config.defaultRoute() : best;
    }

    private static @Nullable VirtualHost host(HttpConfig config, String name) {
        String wildcard = name.replaceFirst("^[^.]+\\.", "*.");
        for (String pattern : List.of(name, wildcard, "")) {
            VirtualHost host = config.hosts().get(new HostPattern(pattern));
            if (host != null) {
                return host;
            }
        }
        return null;
    }

    private static boolean matches(Route route, TestRequest request) {
        String rule = canonical(route);
        boolean path =
                route.path().type() == PathType.EXACT
                        ? rule.equals(request.path())
                        : isElementPrefix(rule, request.path());
        return path && route.predicates().stream().allMatch(p -> holds(p, request));
    }

    /** As far as the generated paths need it. */
    private static String canonical(Route route) {
        return route.path().value().replace("%7e", "~").replace("%2f", "%2F");
    }

    private static boolean isElementPrefix(String rule, String path) {
        List<String> wanted = Arrays.asList(rule.replaceFirst("/$", "").split("/", -1));
        List<String> actual = Arrays.asList(path.split("/", -1));
        return wanted.size() <= actual.size() && actual.subList(0, wanted.size()).equals(wanted);
    }

    private static boolean holds(Predicate predicate, TestRequest request) {
        return switch (predicate) {
            case Predicate.Method(String method) -> request.method().equals(method);
            case Predicate.Header(String name, String value) ->
                    Objects.equals(request.headers().get(name), value);
            case Predicate.Query(String name, String value) ->
                    Objects.equals(request.query().get(name), value);
        };
    }

    /** Whether a route that stands later in the list comes before an earlier one all the same. */
    private static boolean isBetter(Route later, Route earlier) {
        int[] a = rank(later);
        int[] b = rank(earlier);
        return Arrays.compare(a, b) > 0;
    }

    private static int[] rank(Route route) {
        return new int[] {
            route.path().type() == PathType.EXACT ? 1 : 0,
            canonical(route).length(),
            count(route, Predicate.Method.class),
            count(route, Predicate.Header.class),
            count(route, Predicate.Query.class)
        };
    }

    private static int count(Route route, Class<?> kind) {
        return (int) route.predicates().stream().filter(kind::isInstance).count();
    }
}
