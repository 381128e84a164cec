package dev.penstock.routing;

import dev.penstock.model.ObjectRef;
import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.HttpConfig;
import dev.penstock.model.http.PathMatch;
import dev.penstock.model.http.PathType;
import dev.penstock.model.http.Predicate;
import dev.penstock.model.http.Route;
import dev.penstock.model.http.RouteAction;
import dev.penstock.model.http.RouteId;
import dev.penstock.model.http.RoutePolicy;
import dev.penstock.model.http.VirtualHost;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Routes and tables of them; a route's payload is its object's name. */
final class TestRoutes {

    private TestRoutes() {}

    static Route exact(String name, String path, Predicate... predicates) {
        return route(name, PathType.EXACT, path, predicates);
    }

    static Route prefix(String name, String path, Predicate... predicates) {
        return route(name, PathType.PREFIX, path, predicates);
    }

    static Route route(String name, PathType type, String path, Predicate... predicates) {
        return new Route(
                new RouteId(new ObjectRef("Ingress", "default", name), 0, 0),
                new PathMatch(type, path),
                List.of(predicates),
                new RouteAction.Respond(200, name),
                RoutePolicy.DEFAULT);
    }

    static VirtualHost host(String pattern, Route... routes) {
        return new VirtualHost(new HostPattern(pattern), false, List.of(routes));
    }

    static HttpConfig config(@Nullable Route defaultRoute, VirtualHost... hosts) {
        SortedMap<HostPattern, VirtualHost> byPattern = new TreeMap<>();
        for (VirtualHost host : hosts) {
            byPattern.put(host.host(), host);
        }
        return new HttpConfig(byPattern, defaultRoute);
    }

    static RouteTable<String> table(VirtualHost... hosts) {
        return table(config(null, hosts));
    }

    static RouteTable<String> table(HttpConfig config) {
        return RouteTable.<String>empty().update(config, TestRoutes::name);
    }

    static String name(@Nullable VirtualHost host, Route route) {
        return name(route);
    }

    static String name(Route route) {
        return route.id().source().name();
    }
}
