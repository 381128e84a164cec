package dev.penstock.proxy.runtime;

import dev.penstock.l4.L4Settings;
import dev.penstock.proxy.address.CidrSet;
import dev.penstock.proxy.exchange.ExchangeSettings;
import dev.penstock.proxy.listener.ConnectionLimits;
import dev.penstock.proxy.listener.ListenerSettings;
import dev.penstock.proxy.observe.AccessLogSettings;
import dev.penstock.proxy.stream.ServerLimits;
import dev.penstock.proxy.trace.TracingSettings;
import dev.penstock.proxy.transport.TransportKind;
import dev.penstock.proxy.upstream.UpstreamSettings;
import dev.penstock.tls.context.ServerTlsSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What does not change while the proxy runs.
 *
 * @param transport how sockets are served; null for the best that works here
 * @param eventLoops how many event loops; 0 for one a processor
 * @param listeners where to listen
 * @param trustedProxies who may set forwarded headers and send a PROXY protocol header
 * @param proxyProtocol whether trusted peers must send a PROXY protocol header
 * @param connections bounds of client connections
 * @param server bounds of what clients send
 * @param upstream bounds of connections to endpoints
 * @param exchange bounds of retries, and where HTTPS is
 * @param tls how clients are met
 * @param services which Services may be reached
 * @param accessLog where requests are written down
 * @param tracing how requests are traced; null for not at all
 */
public record ProxySettings(
        @Nullable TransportKind transport,
        int eventLoops,
        List<ListenerSettings> listeners,
        CidrSet trustedProxies,
        boolean proxyProtocol,
        ConnectionLimits connections,
        ServerLimits server,
        UpstreamSettings upstream,
        ExchangeSettings exchange,
        ServerTlsSettings tls,
        L4Settings services,
        AccessLogSettings accessLog,
        @Nullable TracingSettings tracing) {

    public ProxySettings {
        listeners = List.copyOf(listeners);
    }

    /** Settings with the defaults for everything that has one. */
    public static ProxySettings of(List<ListenerSettings> listeners, L4Settings services) {
        return new ProxySettings(
                null,
                0,
                listeners,
                CidrSet.NONE,
                false,
                ConnectionLimits.DEFAULT,
                ServerLimits.DEFAULT,
                UpstreamSettings.DEFAULT,
                ExchangeSettings.DEFAULT,
                ServerTlsSettings.DEFAULT,
                services,
                AccessLogSettings.of("off", AccessLogSettings.Format.TEXT),
                null);
    }

    /**
     * @param kind null for the best that works here
     * @param loops 0 for one a processor
     */
    public ProxySettings withTransport(@Nullable TransportKind kind, int loops) {
        return new ProxySettings(
                kind,
                loops,
                listeners,
                trustedProxies,
                proxyProtocol,
                connections,
                server,
                upstream,
                exchange,
                tls,
                services,
                accessLog,
                tracing);
    }

    public ProxySettings withTrustedProxies(CidrSet trusted, boolean withProxyProtocol) {
        return new ProxySettings(
                transport,
                eventLoops,
                listeners,
                trusted,
                withProxyProtocol,
                connections,
                server,
                upstream,
                exchange,
                tls,
                services,
                accessLog,
                tracing);
    }

    public ProxySettings withConnections(ConnectionLimits value) {
        return new ProxySettings(
                transport,
                eventLoops,
                listeners,
                trustedProxies,
                proxyProtocol,
                value,
                server,
                upstream,
                exchange,
                tls,
                services,
                accessLog,
                tracing);
    }

    public ProxySettings withServer(ServerLimits value) {
        return new ProxySettings(
                transport,
                eventLoops,
                listeners,
                trustedProxies,
                proxyProtocol,
                connections,
                value,
                upstream,
                exchange,
                tls,
                services,
                accessLog,
                tracing);
    }

    public ProxySettings withUpstream(UpstreamSettings value) {
        return new ProxySettings(
                transport,
                eventLoops,
                listeners,
                trustedProxies,
                proxyProtocol,
                connections,
                server,
                value,
                exchange,
                tls,
                services,
                accessLog,
                tracing);
    }

    public ProxySettings withExchange(ExchangeSettings value) {
        return new ProxySettings(
                transport,
                eventLoops,
                listeners,
                trustedProxies,
                proxyProtocol,
                connections,
                server,
                upstream,
                value,
                tls,
                services,
                accessLog,
                tracing);
    }

    public ProxySettings withTls(ServerTlsSettings value) {
        return new ProxySettings(
                transport,
                eventLoops,
                listeners,
                trustedProxies,
                proxyProtocol,
                connections,
                server,
                upstream,
                exchange,
                value,
                services,
                accessLog,
                tracing);
    }

    public ProxySettings withAccessLog(AccessLogSettings value) {
        return new ProxySettings(
                transport,
                eventLoops,
                listeners,
                trustedProxies,
                proxyProtocol,
                connections,
                server,
                upstream,
                exchange,
                tls,
                services,
                value,
                tracing);
    }

    /**
     * @param value null for no tracing
     */
    public ProxySettings withTracing(@Nullable TracingSettings value) {
        return new ProxySettings(
                transport,
                eventLoops,
                listeners,
                trustedProxies,
                proxyProtocol,
                connections,
                server,
                upstream,
                exchange,
                tls,
                services,
                accessLog,
                value);
    }
}
