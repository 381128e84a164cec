package dev.penstock.proxy.echo;

import dev.penstock.proxy.address.CidrSet;
import dev.penstock.proxy.listener.BindException;
import dev.penstock.proxy.listener.ConnectionLimits;
import dev.penstock.proxy.listener.ListenerSettings;
import dev.penstock.proxy.listener.Listeners;
import dev.penstock.proxy.observe.ProxyMetrics;
import dev.penstock.proxy.stream.ServerLimits;
import dev.penstock.proxy.transport.Transport;
import dev.penstock.proxy.transport.TransportUnavailableException;
import dev.penstock.tls.context.ServerCertificates;
import dev.penstock.tls.context.ServerTlsSettings;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;

/** A running echo backend: HTTP/1.1, HTTP/2 with prior knowledge and WebSocket in clear text. */
public final class EchoServer implements AutoCloseable {

    private final Transport transport;
    private final Listeners listeners;
    private final InetSocketAddress address;

    private EchoServer(Transport transport, Listeners listeners, InetSocketAddress address) {
        this.transport = transport;
        this.listeners = listeners;
        this.address = address;
    }

    /**
     * Starts one on an event loop of its own.
     *
     * @throws BindException if the address cannot be used
     */
    public static EchoServer start(EchoSettings settings) throws BindException {
        Transport transport = open();
        Listeners listeners =
                new Listeners(
                        transport,
                        ConnectionLimits.DEFAULT,
                        ServerLimits.DEFAULT,
                        new ServerCertificates(ServerTlsSettings.DEFAULT),
                        CidrSet.NONE,
                        false,
                        new ProxyMetrics(1),
                        loop -> new EchoHandler(settings, transport.allocator(), loop.timeouts()));
        try {
            InetSocketAddress bound =
                    listeners
                            .bind(new ListenerSettings("echo", settings.address(), false))
                            .address();
            return new EchoServer(transport, listeners, bound);
        } catch (BindException e) {
            transport.close();
            throw e;
        }
    }

    private static Transport open() {
        try {
            return Transport.open(null, 1, ByteBufAllocator.DEFAULT);
        } catch (TransportUnavailableException e) {
            throw new IllegalStateException("the best transport that works is always there", e);
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return address;
    }

    /** Closes everything at once and waits for it. */
    @Override
    public void close() {
        listeners.stopAccepting().join();
        listeners.closeAll();
        transport.close().join();
    }
}
