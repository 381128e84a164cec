package dev.penstock.model.http;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * One host with its routes. The most specific host that matches a request decides alone: a path
 * that none of its routes takes is not looked for under a less specific host.
 *
 * @param host the host
 * @param tls whether an object lists the host under {@code spec.tls}, so that plain HTTP is
 *     redirected
 * @param routes the routes, oldest object first; no two of one path match and equal predicates. A
 *     default backend of an Ingress stands here as a route of {@link PathMatch#ALL} where nothing
 *     else claims {@code /}
 */
public record VirtualHost(HostPattern host, boolean tls, List<Route> routes) {

    public VirtualHost {
        requireNonNull(host, "host");
        routes = List.copyOf(routes);
    }
}
