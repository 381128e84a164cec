package dev.penstock.controller.translate;

import dev.penstock.model.http.BackendProtocol;
import dev.penstock.model.http.RoutePolicy;
import dev.penstock.model.http.Toggle;
import dev.penstock.model.service.LoadBalancing;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The settings of one Ingress while its annotations are read. */
final class PolicyBuilder {

    private static final RoutePolicy DEFAULT = RoutePolicy.DEFAULT;

    private boolean sslRedirect = DEFAULT.sslRedirect();
    private @Nullable BackendProtocol protocol;
    private LoadBalancing loadBalancing = DEFAULT.loadBalancing();
    private Duration connectTimeout = DEFAULT.connectTimeout();
    private Duration responseTimeout = DEFAULT.responseTimeout();
    private Duration idleTimeout = DEFAULT.idleTimeout();
    private long maxBodySize = DEFAULT.maxBodySize();
    private boolean serviceUpstream = DEFAULT.serviceUpstream();
    private boolean upstreamTlsVerify = DEFAULT.upstreamTlsVerify();
    private boolean upgrades = DEFAULT.upgrades();
    private Toggle tracing = DEFAULT.tracing();
    private Toggle trustIncomingSpan = DEFAULT.trustIncomingSpan();

    void sslRedirect(boolean value) {
        sslRedirect = value;
    }

    void protocol(BackendProtocol value) {
        protocol = value;
    }

    void loadBalancing(LoadBalancing value) {
        loadBalancing = value;
    }

    void connectTimeout(Duration value) {
        connectTimeout = value;
    }

    void responseTimeout(Duration value) {
        responseTimeout = value;
    }

    void idleTimeout(Duration value) {
        idleTimeout = value;
    }

    void maxBodySize(long value) {
        maxBodySize = value;
    }

    void serviceUpstream(boolean value) {
        serviceUpstream = value;
    }

    void upstreamTlsVerify(boolean value) {
        upstreamTlsVerify = value;
    }

    void upgrades(boolean value) {
        upgrades = value;
    }

    void tracing(boolean value) {
        tracing = Toggle.of(value);
    }

    void trustIncomingSpan(boolean value) {
        trustIncomingSpan = Toggle.of(value);
    }

    /**
     * The policy of a route.
     *
     * @param portProtocol what the Service says its port speaks, which counts where the Ingress
     *     says nothing; null where it says nothing either
     */
    RoutePolicy build(@Nullable BackendProtocol portProtocol) {
        BackendProtocol spoken = protocol != null ? protocol : portProtocol;
        RoutePolicy policy =
                new RoutePolicy(
                        sslRedirect,
                        spoken == null ? DEFAULT.backendProtocol() : spoken,
                        loadBalancing,
                        connectTimeout,
                        responseTimeout,
                        idleTimeout,
                        maxBodySize,
                        serviceUpstream,
                        upstreamTlsVerify,
                        upgrades,
                        tracing,
                        trustIncomingSpan);
        return policy.equals(DEFAULT) ? DEFAULT : policy;
    }
}
