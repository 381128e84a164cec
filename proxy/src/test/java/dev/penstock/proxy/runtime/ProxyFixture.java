package dev.penstock.proxy.runtime;

import dev.penstock.l4.L4Settings;
import dev.penstock.model.ObjectRef;
import dev.penstock.model.config.Configuration;
import dev.penstock.model.http.BackendProtocol;
import dev.penstock.model.http.HostPattern;
import dev.penstock.model.http.HttpConfig;
import dev.penstock.model.http.PathMatch;
import dev.penstock.model.http.PathType;
import dev.penstock.model.http.Route;
import dev.penstock.model.http.RouteAction;
import dev.penstock.model.http.RouteId;
import dev.penstock.model.http.RoutePolicy;
import dev.penstock.model.http.VirtualHost;
import dev.penstock.model.service.Endpoint;
import dev.penstock.model.service.NodeTraffic;
import dev.penstock.model.service.Protocol;
import dev.penstock.model.service.Service;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.ServicePort;
import dev.penstock.model.service.ServicePortRef;
import dev.penstock.model.service.ServiceType;
import dev.penstock.model.service.Services;
import dev.penstock.model.tls.TlsConfig;
import dev.penstock.proxy.listener.ListenerSettings;
import dev.penstock.proxy.trace.Tracing;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A running proxy on free ports, and the configuration it is given bit by bit. */
final class ProxyFixture implements AutoCloseable {

    static final String HOST = "shop.example.com";

    private final ProxyServer server;
    private final Map<ServiceName, Service> services = new TreeMap<>();
    private final Map<HostPattern, VirtualHost> hosts = new HashMap<>();
    private TlsConfig tls = TlsConfig.EMPTY;
    private @Nullable Route defaultRoute;

    ProxyFixture() {
        this(settings -> settings);
    }

    ProxyFixture(UnaryOperator<ProxySettings> change) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        ProxySettings settings =
                ProxySettings.of(
                                List.of(
                                        new ListenerSettings(
                                                "http", new InetSocketAddress(loopback, 0), false),
                                        new ListenerSettings(
                                                "https", new InetSocketAddress(loopback, 0), true)),
                                L4Settings.forManifests())
                        .withTransport(null, 2);
        try {
            server = new ProxyServer(change.apply(settings));
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    ProxyServer server() {
        return server;
    }

    int httpPort() {
        return server.listeners().get(0).address().getPort();
    }

    int httpsPort() {
        return server.listeners().get(1).address().getPort();
    }

    /** Adds or replaces a Service with one port, 80. */
    ProxyFixture service(String name, InetSocketAddress... endpoints) {
        List<Endpoint> list = new ArrayList<>();
        for (InetSocketAddress endpoint : endpoints) {
            list.add(Endpoint.ready(endpoint.getAddress().getHostAddress(), endpoint.getPort()));
        }
        ServiceName serviceName = new ServiceName("default", name);
        services.put(
                serviceName,
                new Service(
                        serviceName,
                        ServiceType.CLUSTER_IP,
                        List.of("10.0.0.1"),
                        List.of(new ServicePort("http", Protocol.TCP, 80, "", 0, "")),
                        null,
                        null,
                        NodeTraffic.DEFAULT,
                        Map.of("http", list),
                        Map.of(),
                        null));
        return this;
    }

    ProxyFixture removeService(String name) {
        services.remove(new ServiceName("default", name));
        return this;
    }

    ProxyFixture route(String host, String path, String service) {
        return route(host, path, service, RoutePolicy.DEFAULT);
    }

    ProxyFixture route(String host, String path, String service, RoutePolicy policy) {
        return route(host, path, forward(service), policy);
    }

    ProxyFixture route(String host, String path, RouteAction action, RoutePolicy policy) {
        HostPattern pattern = new HostPattern(host);
        VirtualHost before = hosts.get(pattern);
        List<Route> routes = new ArrayList<>(before == null ? List.of() : before.routes());
        PathMatch match = new PathMatch(PathType.PREFIX, path);
        routes.removeIf(route -> route.path().equals(match));
        routes.add(
                new Route(
                        new RouteId(new ObjectRef("Ingress", "default", "test"), 0, routes.size()),
                        match,
                        List.of(),
                        action,
                        policy));
        hosts.put(pattern, new VirtualHost(pattern, before != null && before.tls(), routes));
        return this;
    }

    ProxyFixture removeHost(String host) {
        hosts.remove(new HostPattern(host));
        return this;
    }

    /** Lets plain HTTP to the host be redirected. */
    ProxyFixture tlsHost(String host) {
        hosts.computeIfPresent(
                new HostPattern(host),
                (pattern, old) -> new VirtualHost(pattern, true, old.routes()));
        return this;
    }

    ProxyFixture tls(TlsConfig config) {
        tls = config;
        return this;
    }

    /** One Service with these endpoints takes everything for {@link #HOST}. */
    ProxyFixture simple(InetSocketAddress... endpoints) {
        return simple(RoutePolicy.DEFAULT, endpoints);
    }

    ProxyFixture simple(RoutePolicy policy, InetSocketAddress... endpoints) {
        return service("app", endpoints).route(HOST, "/", "app", policy).apply();
    }

    ProxyFixture apply() {
        server.apply(configuration());
        return this;
    }

    Configuration configuration() {
        return new Configuration(
                new HttpConfig(new TreeMap<>(hosts), defaultRoute),
                tls,
                Services.of(services),
                List.of());
    }

    static RouteAction forward(String service) {
        return new RouteAction.Forward(
                ServicePortRef.byNumber(new ServiceName("default", service), 80));
    }

    static RoutePolicy protocol(BackendProtocol protocol) {
        RoutePolicy d = RoutePolicy.DEFAULT;
        return new RoutePolicy(
                d.sslRedirect(),
                protocol,
                d.loadBalancing(),
                d.connectTimeout(),
                d.responseTimeout(),
                d.idleTimeout(),
                d.maxBodySize(),
                d.serviceUpstream(),
                d.upstreamTlsVerify(),
                d.upgrades(),
                d.tracing(),
                d.trustIncomingSpan());
    }

    static RoutePolicy timeouts(Duration connect, Duration response, Duration idle) {
        RoutePolicy d = RoutePolicy.DEFAULT;
        return new RoutePolicy(
                d.sslRedirect(),
                d.backendProtocol(),
                d.loadBalancing(),
                connect,
                response,
                idle,
                d.maxBodySize(),
                d.serviceUpstream(),
                d.upstreamTlsVerify(),
                d.upgrades(),
                d.tracing(),
                d.trustIncomingSpan());
    }

    static RoutePolicy maxBody(long bytes) {
        RoutePolicy d = RoutePolicy.DEFAULT;
        return new RoutePolicy(
                d.sslRedirect(),
                d.backendProtocol(),
                d.loadBalancing(),
                d.connectTimeout(),
                d.responseTimeout(),
                d.idleTimeout(),
                bytes,
                d.serviceUpstream(),
                d.upstreamTlsVerify(),
                d.upgrades(),
                d.tracing(),
                d.trustIncomingSpan());
    }

    @Override
    public void close() {
        server.shutdown(Duration.ZERO, Duration.ZERO).orTimeout(10, TimeUnit.SECONDS).join();
        Tracing tracing = server.tracing();
        if (tracing != null) {
            tracing.close();
        }
    }
}
