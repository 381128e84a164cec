package dev.penstock.l4.userspace;

import dev.penstock.l4.node.RulesException;
import dev.penstock.l4.node.VirtualService;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.Protocol;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of one virtual service: one for the destinations of the policy Cluster and one for
 * those of the policy Local, as far as its addresses use them. They stay while the service uses
 * them, whatever its destinations. One thread at a time.
 */
final class ServiceSockets implements AutoCloseable {

    private final SocketLoops loops;
    private final UserspaceSettings settings;

    /** Shared by both choices: a client's endpoint holds whichever address it uses. */
    private final Affinity affinity;

    private final DestinationChoice cluster;
    private final DestinationChoice local;
    private @Nullable ProxySocket clusterSocket;
    private @Nullable ProxySocket localSocket;

    /** Whether a socket was begun that has not been waited for. */
    private boolean isNew;

    ServiceSockets(SocketLoops loops, UserspaceSettings settings) {
        this.loops = loops;
        this.settings = settings;
        this.affinity = new Affinity(settings.affinityClientsMax());
        this.cluster = new DestinationChoice(affinity::table);
        this.local = new DestinationChoice(affinity::table);
    }

    /**
     * Begins to open the sockets that a virtual service needs and that are not open yet.
     *
     * @throws RulesException if there may be no more sockets
     */
    void open(VirtualService service) throws RulesException {
        IpFamily family = service.id().family();
        if (!settings.redirect()) {
            if (clusterSocket == null) {
                clusterSocket =
                        open(
                                service,
                                new InetSocketAddress(loopback(family), service.port()),
                                true);
            }
            return;
        }
        InetSocketAddress any = new InetSocketAddress(anyAddress(family), 0);
        if (clusterSocket == null && Redirect.usesCluster(service)) {
            clusterSocket = open(service, any, true);
        }
        if (localSocket == null && Redirect.usesLocal(service)) {
            localSocket = open(service, any, false);
        }
    }

    private ProxySocket open(VirtualService service, InetSocketAddress address, boolean isCluster)
            throws RulesException {
        isNew = true;
        DestinationChoice choice = isCluster ? cluster : local;
        return ProxySocket.open(service.id().protocol(), address, choice, loops, settings);
    }

    /**
     * Takes over a virtual service, once its sockets listen; {@link #closeUnused} closes those that
     * it needs no more.
     *
     * @return whether it has a socket that it had not
     * @throws RulesException if one cannot be opened; what was open stays
     */
    boolean update(VirtualService service) throws RulesException {
        boolean opened = isNew;
        if (isNew) {
            awaitOpen(service);
            isNew = false;
        }
        affinity.update(service.affinity());
        // Without redirection there is one socket, for what the cluster address serves.
        cluster.update(
                settings.redirect() ? service.cluster() : service.internal(), service.algorithm());
        local.update(service.local(), service.algorithm());
        destinationsChanged(clusterSocket);
        destinationsChanged(localSocket);
        return opened;
    }

    /** Has datagrams that come to an address answered from it, once this returns. */
    void answerFrom(InetAddress local) {
        for (ProxySocket socket : Arrays.asList(clusterSocket, localSocket)) {
            if (socket != null) {
                socket.answerFrom(local);
            }
        }
    }

    private void awaitOpen(VirtualService service) throws RulesException {
        try {
            if (clusterSocket != null) {
                clusterSocket.awaitOpen();
            }
        } catch (RulesException e) {
            clusterSocket = null;
            if (settings.redirect()) {
                throw e;
            }
            // Its own port is taken, or not allowed: any.
            InetAddress loopback = loopback(service.id().family());
            ProxySocket other = open(service, new InetSocketAddress(loopback, 0), true);
            other.awaitOpen();
            clusterSocket = other;
        }
        try {
            if (localSocket != null) {
                localSocket.awaitOpen();
            }
        } catch (RulesException e) {
            localSocket = null;
            throw e;
        }
    }

    private static void destinationsChanged(@Nullable ProxySocket socket) {
        if (socket != null) {
            socket.destinationsChanged();
        }
    }

    private static InetAddress anyAddress(IpFamily family) {
        return InetAddress.ofLiteral(family == IpFamily.IPV4 ? "0.0.0.0" : "::");
    }

    private static InetAddress loopback(IpFamily family) {
        return InetAddress.ofLiteral(family == IpFamily.IPV4 ? "127.0.0.1" : "::1");
    }

    /**
     * Closes sockets that the service needs no more, once no rule leads to them.
     *
     * @param service what it is now; null if it is gone
     */
    void closeUnused(@Nullable VirtualService service) {
        if (service == null) {
            close();
        } else if (settings.redirect()) {
            if (!Redirect.usesCluster(service)) {
                clusterSocket = close(clusterSocket);
            }
            if (!Redirect.usesLocal(service)) {
                localSocket = close(localSocket);
            }
        }
    }

    private static @Nullable ProxySocket close(@Nullable ProxySocket socket) {
        if (socket != null) {
            socket.close();
        }
        return null;
    }

    /** The rules' part. */
    Redirect redirect(VirtualService service) {
        return new Redirect(service, port(clusterSocket), port(localSocket));
    }

    private static int port(@Nullable ProxySocket socket) {
        return socket == null ? 0 : socket.address().getPort();
    }

    /** Where the service listens without redirection. */
    @Nullable InetSocketAddress address() {
        ProxySocket socket = clusterSocket;
        return socket == null ? null : socket.address();
    }

    /** Whether sockets can serve a protocol. */
    static boolean serves(Protocol protocol) {
        return protocol != Protocol.SCTP;
    }

    /** Listens no more; connections go on. */
    @Override
    public void close() {
        clusterSocket = close(clusterSocket);
        localSocket = close(localSocket);
    }
}
