package dev.penstock.bench;

import dev.penstock.model.ObjectRef;
import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.HttpConfig;
import dev.penstock.model.http.PathMatch;
import dev.penstock.model.http.PathType;
import dev.penstock.model.http.Route;
import dev.penstock.model.http.RouteAction;
import dev.penstock.model.http.RouteId;
import dev.penstock.model.http.RoutePolicy;
import dev.penstock.model.http.VirtualHost;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.ServicePortRef;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Configurations as clusters have them: many hosts of two routes each, one in ten a wildcard. */
final class SampleRoutes {

    private static final int ROUTES_PER_HOST = 2;

    private SampleRoutes() {}

    static HttpConfig config(int routes) {
        SortedMap<HostPattern, VirtualHost> hosts = new TreeMap<>();
        for (int i = 0; i < routes / ROUTES_PER_HOST; i++) {
            VirtualHost host = host(i);
            hosts.put(host.host(), host);
        }
        return new HttpConfig(hosts, null);
    }

    static VirtualHost host(int i) {
        HostPattern pattern =
                new HostPattern(
                        i % 10 == 0
                                ? "*.tenant" + i + ".example.com"
                                : "shop" + i + ".apps.example.com");
        return new VirtualHost(pattern, false, List.of(route(i, 0, "/"), route(i, 1, "/api/v1")));
    }

    /** A host that the one of a number takes. */
    static String hostName(int i) {
        return i % 10 == 0 ? "www.tenant" + i + ".example.com" : "shop" + i + ".apps.example.com";
    }

    private static Route route(int i, int index, String path) {
        String namespace = "team" + i % 100;
        return new Route(
                new RouteId(new ObjectRef("Ingress", namespace, "shop" + i), 0, index),
                new PathMatch(PathType.PREFIX, path),
                List.of(),
                new RouteAction.Forward(
                        ServicePortRef.byNumber(new ServiceName(namespace, "shop" + i), 80)),
                RoutePolicy.DEFAULT);
    }
}
