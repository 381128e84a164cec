package dev.penstock.proxy.runtime;

import dev.penstock.l4.ServiceTable;
import dev.penstock.model.config.Configuration;
import dev.penstock.proxy.exchange.ActiveConfig;
import dev.penstock.proxy.exchange.ActiveConfigHolder;
import dev.penstock.proxy.exchange.ExchangeHandler;
import dev.penstock.proxy.exchange.ExchangeObserver;
import dev.penstock.proxy.h1.H1ClientConnection;
import dev.penstock.proxy.h2.H2ClientConnection;
import dev.penstock.proxy.listener.BindException;
import dev.penstock.proxy.listener.BoundListener;
import dev.penstock.proxy.listener.ListenerSettings;
import dev.penstock.proxy.listener.Listeners;
import dev.penstock.proxy.loop.ProxyLoop;
import dev.penstock.proxy.observe.AccessLog;
import dev.penstock.proxy.observe.ProxyMetrics;
import dev.penstock.proxy.stream.ClientConnection;
import dev.penstock.proxy.stream.RequestHandler;
import dev.penstock.proxy.trace.Tracing;
import dev.penstock.proxy.trace.TracingSettings;
import dev.penstock.proxy.transport.Transport;
import dev.penstock.proxy.transport.TransportKind;
import dev.penstock.proxy.transport.TransportUnavailableException;
import dev.penstock.proxy.upstream.UpstreamLoop;
import dev.penstock.tls.context.ClientTls;
import dev.penstock.tls.context.ServerCertificates;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The data plane: takes configurations and serves them. Made and started once; {@link #apply} may
 * be called before and after the start.
 */
public final class ProxyServer {

    private static final long DRAIN_POLL_MILLIS = 20;

    /** How long event loops may take to end once everything on them is closed. */
    private static final long LOOPS_END_MILLIS = 2_000;

    /** How long handshakes that have begun may take to become connections. */
    private static final long ACCEPT_MILLIS = 100;

    private final ProxySettings settings;
    private final Transport transport;
    private final ServiceTable services;
    private final ServerCertificates certificates;
    private final ActiveConfigHolder config = new ActiveConfigHolder();
    private final ProxyMetrics metrics;
    private final AccessLog accessLog;
    private final @Nullable Tracing tracing;
    private final ConfigApplier applier;
    private final List<UpstreamLoop> upstreamLoops = new ArrayList<>();
    private final List<ExchangeHandler> handlers = new ArrayList<>();
    private final Listeners listeners;
    private final List<BoundListener> bound = new ArrayList<>();
    private @Nullable CompletableFuture<Void> stopped;

    /**
     * @throws TransportUnavailableException if the transport that the settings ask for does not
     *     work here
     * @throws IOException if the access log cannot be opened
     */
    public ProxyServer(ProxySettings settings) throws TransportUnavailableException, IOException {
        this.settings = settings;
        this.transport =
                Transport.open(
                        settings.transport(), settings.eventLoops(), ByteBufAllocator.DEFAULT);
        int loopCount = transport.loops().size();
        this.metrics = new ProxyMetrics(loopCount);
        this.accessLog = openLog(settings, transport);
        TracingSettings traced = settings.tracing();
        this.tracing = traced == null ? null : Tracing.start(traced, loopCount);
        this.services = new ServiceTable(settings.services());
        this.certificates = new ServerCertificates(settings.tls());
        this.applier = new ConfigApplier(config, services, certificates, metrics, loopCount);
        ClientTls clientTls = new ClientTls(settings.tls().provider());
        this.listeners =
                new Listeners(
                        transport,
                        settings.connections(),
                        settings.server(),
                        certificates,
                        settings.trustedProxies(),
                        settings.proxyProtocol(),
                        metrics,
                        loop -> newHandler(loop, clientTls));
    }

    private static AccessLog openLog(ProxySettings settings, Transport transport)
            throws IOException {
        try {
            return AccessLog.open(settings.accessLog(), transport.loops().size());
        } catch (IOException e) {
            transport.close();
            throw e;
        }
    }

    private RequestHandler newHandler(ProxyLoop loop, ClientTls clientTls) {
        UpstreamLoop upstream =
                new UpstreamLoop(
                        loop,
                        transport,
                        settings.upstream(),
                        metrics.loop(loop.index()),
                        clientTls,
                        ProxyServer::http1,
                        (channel, listener) -> http2(loop, channel, listener));
        upstreamLoops.add(upstream);
        ExchangeHandler handler =
                new ExchangeHandler(
                        loop,
                        settings.exchange(),
                        config,
                        upstream,
                        new ExchangeObserver(
                                metrics.loop(loop.index()),
                                accessLog.loop(loop.index()),
                                metrics.unrouted(),
                                tracing == null ? null : tracing.loop(loop.index())),
                        settings.trustedProxies(),
                        transport.allocator());
        handlers.add(handler);
        return handler;
    }

    private static ClientConnection http1(Channel channel, ClientConnection.Listener listener) {
        H1ClientConnection connection = new H1ClientConnection(listener);
        channel.pipeline().addLast(connection);
        return connection;
    }

    private static ClientConnection http2(
            ProxyLoop loop, Channel channel, ClientConnection.Listener listener) {
        H2ClientConnection connection = new H2ClientConnection(loop.timeouts(), listener);
        channel.pipeline().addLast(connection);
        return connection;
    }

    /**
     * Starts to listen at every address of the settings.
     *
     * @throws BindException if one cannot be used; nothing listens then
     */
    public void start() throws BindException {
        try {
            for (ListenerSettings listener : settings.listeners()) {
                bound.add(listeners.bind(listener));
            }
            tellHttpsPort();
        } catch (BindException e) {
            bound.clear();
            listeners.stopAccepting();
            transport.close();
            throw e;
        }
    }

    private void tellHttpsPort() {
        for (BoundListener listener : bound) {
            if (listener.tls()) {
                int port = listener.address().getPort();
                for (int i = 0; i < handlers.size(); i++) {
                    ExchangeHandler handler = handlers.get(i);
                    transport.loops().get(i).eventLoop().execute(() -> handler.httpsPort(port));
                }
                return;
            }
        }
    }

    /** Where clients can connect. */
    public List<BoundListener> listeners() {
        return List.copyOf(bound);
    }

    /** How sockets are served. */
    public TransportKind transport() {
        return transport.kind();
    }

    /** How many event loops there are. */
    public int eventLoops() {
        return transport.loops().size();
    }

    /** The TLS implementation in use, with its version. */
    public String tlsProvider() {
        return certificates.providerName();
    }

    /**
     * Serves another configuration: every request that begins after the return sees it whole.
     * Requests in flight keep the one they began with.
     */
    public synchronized ActiveConfig apply(Configuration configuration) {
        ActiveConfig applied = applier.apply(configuration);
        if (stopped != null) {
            // The loops may have ended; nobody asks them for anything any more.
            return applied;
        }
        for (int i = 0; i < upstreamLoops.size(); i++) {
            transport.loops().get(i).eventLoop().execute(upstreamLoops.get(i)::sweep);
        }
        return applied;
    }

    /** The configuration that is served, with its routes to be explained. */
    public ActiveConfig config() {
        return config.current();
    }

    /** What the data plane counts. */
    public ProxyMetrics metrics() {
        return metrics;
    }

    /** Where requests are written down. */
    public AccessLog accessLog() {
        return accessLog;
    }

    /** Where traces go; null where nothing is traced. */
    public @Nullable Tracing tracing() {
        return tracing;
    }

    /** The Services, to be explained. */
    public ServiceTable services() {
        return services;
    }

    /** How many client connections are open. */
    public int connections() {
        return listeners.connections();
    }

    /**
     * Stops without dropping anything that was accepted: asks clients to close their connections
     * from now on, accepts no more connections after the delay, then waits for what is in flight.
     *
     * @param delay how long connections are still accepted, so that balancers in front can notice
     * @param grace how long to wait after that; what is still open then is closed
     * @return done when everything is closed; the first call's where there was one before
     */
    public synchronized CompletableFuture<Void> shutdown(Duration delay, Duration grace) {
        if (stopped != null) {
            return stopped;
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        stopped = done;
        for (int i = 0; i < handlers.size(); i++) {
            transport.loops().get(i).eventLoop().execute(handlers.get(i)::beginDrain);
        }
        Thread.ofPlatform()
                .name("penstock-shutdown")
                .daemon(true)
                .start(() -> {
                    try {
                        drain(delay, grace);
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    } finally {
                        // Torn down, an io_uring loop at times waits for the kernel for ever (Netty
                        // 4.2.20). Its sockets are closed by then, and its thread is a daemon.
                        transport
                                .close()
                                .completeOnTimeout(null, LOOPS_END_MILLIS, TimeUnit.MILLISECONDS)
                                .thenRun(() -> done.complete(null));
                        services.close();
                    }
                });
        return done;
    }

    private void drain(Duration delay, Duration grace) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(delay.toNanos());
        long deadline = System.nanoTime() + grace.toNanos();
        if (!grace.isZero() && listeners.refuseNew()) {
            TimeUnit.MILLISECONDS.sleep(ACCEPT_MILLIS);
        }
        listeners.stopAccepting().join();
        listeners.drain();
        while (listeners.connections() > 0 && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(DRAIN_POLL_MILLIS);
        }
        listeners.closeAll();
        for (int i = 0; i < upstreamLoops.size(); i++) {
            transport.loops().get(i).eventLoop().execute(upstreamLoops.get(i)::close);
        }
    }
}
