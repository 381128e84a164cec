package dev.penstock.proxy.runtime;

import dev.penstock.l4.ServiceTable;
import dev.penstock.model.config.Configuration;
import dev.penstock.model.http.Route;
import dev.penstock.model.http.RouteAction;
import dev.penstock.model.http.VirtualHost;
import dev.penstock.proxy.exchange.ActiveConfig;
import dev.penstock.proxy.exchange.ActiveConfigHolder;
import dev.penstock.proxy.exchange.CompiledRoute;
import dev.penstock.proxy.upstream.ClusterKey;
import dev.penstock.proxy.upstream.Clusters;
import dev.penstock.proxy.upstream.UpstreamCluster;
import dev.penstock.routing.RouteCompiler;
import dev.penstock.tls.context.ServerCertificates;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Turns configurations into what requests are served by. One thread at a time. */
final class ConfigApplier {

    private final ActiveConfigHolder holder;
    private final ServiceTable services;
    private final ServerCertificates certificates;
    private final Clusters clusters;
    private final Compiler compiler = new Compiler();

    ConfigApplier(
            ActiveConfigHolder holder,
            ServiceTable services,
            ServerCertificates certificates,
            int loopCount) {
        this.holder = holder;
        this.services = services;
        this.certificates = certificates;
        this.clusters = new Clusters(services, loopCount);
    }

    /**
     * Publishes a configuration. Endpoints and certificates come first, so that a route is never
     * there before what it needs.
     */
    ActiveConfig apply(Configuration configuration) {
        ActiveConfig former = holder.current();
        services.update(configuration.services());
        certificates.update(configuration.tls());
        ActiveConfig next =
                new ActiveConfig(
                        former.generation() + 1,
                        Instant.now(),
                        configuration,
                        former.routes().update(configuration.http(), compiler));
        holder.publish(next);
        return next;
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
            return new CompiledRoute(host, route, cluster);
        }

        @Override
        public void retire(CompiledRoute route) {
            UpstreamCluster cluster = route.cluster();
            if (cluster != null) {
                clusters.giveBack(cluster);
            }
        }
    }
}
