package dev.penstock.proxy.exchange;

import dev.penstock.model.http.Route;
import dev.penstock.model.http.RouteAction;
import dev.penstock.model.http.RouteId;
import dev.penstock.model.http.RoutePolicy;
import dev.penstock.model.http.VirtualHost;
import dev.penstock.model.service.ServicePortRef;
import dev.penstock.proxy.observe.RouteMetrics;
import dev.penstock.proxy.upstream.UpstreamCluster;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A route in the form that costs least while requests are served. Immutable. */
public final class CompiledRoute {

    private final Route route;
    private final @Nullable UpstreamCluster cluster;
    private final int respondStatus;
    private final boolean redirectsToHttps;
    private final boolean tls;
    private final boolean http2;
    private final int connectTimeoutMillis;
    private final int responseTimeoutMillis;
    private final int idleTimeoutMillis;
    private final long bodySizeMax;
    private final boolean anyUpgrade;
    private final RouteMetrics metrics;

    /**
     * @param host the host it stands under; null for the default route
     * @param cluster where it forwards to; null where it answers at once
     * @param metrics what its requests are counted in
     */
    public CompiledRoute(
            @Nullable VirtualHost host,
            Route route,
            @Nullable UpstreamCluster cluster,
            RouteMetrics metrics) {
        RoutePolicy policy = route.policy();
        this.route = route;
        this.cluster = cluster;
        this.respondStatus =
                route.action() instanceof RouteAction.Respond respond ? respond.status() : 0;
        this.redirectsToHttps = host != null && host.tls() && policy.sslRedirect();
        this.tls = policy.backendProtocol().usesTls();
        this.http2 = policy.backendProtocol().usesHttp2();
        this.connectTimeoutMillis = millis(policy.connectTimeout());
        this.responseTimeoutMillis = millis(policy.responseTimeout());
        this.idleTimeoutMillis = millis(policy.idleTimeout());
        this.bodySizeMax = policy.maxBodySize() == 0 ? Long.MAX_VALUE : policy.maxBodySize();
        this.anyUpgrade = policy.upgrades();
        this.metrics = metrics;
    }

    private static int millis(Duration duration) {
        return Math.clamp(duration.toMillis(), 1, Integer.MAX_VALUE);
    }

    public Route route() {
        return route;
    }

    public RouteId id() {
        return route.id();
    }

    /** Where requests go; null where they are answered at once. */
    public @Nullable UpstreamCluster cluster() {
        return cluster;
    }

    /** What requests are counted in. */
    public RouteMetrics metrics() {
        return metrics;
    }

    /** The Service and port requests go to; null where they are answered at once. */
    @Nullable ServicePortRef service() {
        return cluster == null ? null : cluster.key().service();
    }

    /** What is answered at once; 0 where requests are forwarded. */
    int respondStatus() {
        return respondStatus;
    }

    boolean redirectsToHttps() {
        return redirectsToHttps;
    }

    /** Whether endpoints are spoken to in TLS. */
    boolean tls() {
        return tls;
    }

    /** Whether endpoints are spoken to in HTTP/2. */
    boolean http2() {
        return http2;
    }

    int connectTimeoutMillis() {
        return connectTimeoutMillis;
    }

    int responseTimeoutMillis() {
        return responseTimeoutMillis;
    }

    int idleTimeoutMillis() {
        return idleTimeoutMillis;
    }

    /** Bytes of request body allowed. */
    long bodySizeMax() {
        return bodySizeMax;
    }

    /** Whether upgrades other than websocket are passed on. */
    boolean anyUpgrade() {
        return anyUpgrade;
    }
}
