package dev.penstock.proxy.runtime;

import dev.penstock.l4.ServiceTable;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.config.Configuration;
import dev.penstock.model.http.Route;
import dev.penstock.model.http.RouteAction;
import dev.penstock.model.http.VirtualHost;
import dev.penstock.model.tls.TlsConfig;
import dev.penstock.proxy.exchange.ActiveConfig;
import dev.penstock.proxy.exchange.ActiveConfigHolder;
import dev.penstock.proxy.exchange.CompiledRoute;
import dev.penstock.proxy.observe.ProxyMetrics;
import dev.penstock.proxy.observe.RouteLabels;
import dev.penstock.proxy.upstream.ClusterKey;
import dev.penstock.proxy.upstream.Clusters;
import dev.penstock.proxy.upstream.UpstreamCluster;
import dev.penstock.routing.RouteCompiler;
import dev.penstock.routing.RouteTable;
import dev.penstock.tls.context.ServerCertificates;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns configurations into what requests are served by. One thread at a time. */
final class ConfigApplier {

    private final ActiveConfigHolder holder;
    private final ServiceTable services;
    private final ServerCertificates certificates;
    private final Clusters clusters;
    private final ProxyMetrics metrics;
    private final Map<RouteLabels, Integer> series = new HashMap<>();
    private final Set<RouteLabels> seriesGone = new HashSet<>();
    private final Compiler compiler = new Compiler();

    ConfigApplier(
            ActiveConfigHolder holder,
            ServiceTable services,
            ServerCertificates certificates,
            ProxyMetrics metrics,
            int loopCount) {
        this.holder = holder;
        this.services = services;
        this.certificates = certificates;
        this.metrics = metrics;
        this.clusters = new Clusters(services, loopCount);
    }

    /**
     * Publishes a configuration. Routes are compiled first: what only former routes use is given
     * back by that and changes no more, so that requests that found a former route still find its
     * endpoints. Endpoints and certificates come next, and the routes that need them last.
     */
    ActiveConfig apply(Configuration configuration) {
        ActiveConfig former = holder.current();
        RouteTable<CompiledRoute> routes = former.routes().update(configuration.http(), compiler);
        services.update(configuration.services());
        if (former.generation() == 0
                || !isSame(configuration.tls(), former.configuration().tls())) {
            certificates.update(configuration.tls());
        }
        ActiveConfig next =
                new ActiveConfig(former.generation() + 1, Instant.now(), configuration, routes);
        holder.publish(next);
        metrics.forget(seriesGone);
        seriesGone.clear();
        return next;
    }

    @SuppressWarnings("ReferenceEquality") // an unchanged part is the same instance
    private static boolean isSame(TlsConfig one, TlsConfig other) {
        return one == other;
    }

    private static RouteLabels labels(Route route) {
        ObjectRef source = route.id().source();
        String service =
                route.action() instanceof RouteAction.Forward forward
                        ? forward.service().service().name()
                        : "";
        return new RouteLabels(source.namespace(), source.name(), service);
    }

    private final class Compiler implements RouteCompiler<CompiledRoute> {

        @Override
        public CompiledRoute compile(@Nullable VirtualHost host, Route route) {
            UpstreamCluster cluster =
                    switch (route.action()) {
                        case RouteAction.Forward forward ->
                                clusters.take(ClusterKey.of(forward.service(), route.policy()));
                        case RouteAction.Respond _ -> null;
                    };
            RouteLabels labels = labels(route);
            series.merge(labels, 1, Integer::sum);
            seriesGone.remove(labels);
            return new CompiledRoute(host, route, cluster, metrics.series(labels));
        }

        @Override
        public void retire(CompiledRoute route) {
            RouteLabels labels = route.metrics().labels();
            if (series.merge(labels, -1, Integer::sum) == 0) {
                series.remove(labels);
                seriesGone.add(labels);
            }
            UpstreamCluster cluster = route.cluster();
            if (cluster != null) {
                clusters.giveBack(cluster);
            }
        }
    }
}
