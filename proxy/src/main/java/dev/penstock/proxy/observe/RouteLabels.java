package dev.penstock.proxy.observe;

import static java.util.Objects.requireNonNull;

/**
 * What tells the series of one route from those of another. Routes of one Ingress to one Service
 * share their series.
 *
 * @param namespace the Ingress's namespace
 * @param ingress the Ingress's name
 * @param service the Service's name; empty for a route that has none
 */
public record RouteLabels(String namespace, String ingress, String service) {

    /** Of requests that no route takes. */
    public static final RouteLabels UNROUTED = new RouteLabels("", "", "");

    public RouteLabels {
        requireNonNull(namespace, "namespace");
        requireNonNull(ingress, "ingress");
        requireNonNull(service, "service");
    }
}
