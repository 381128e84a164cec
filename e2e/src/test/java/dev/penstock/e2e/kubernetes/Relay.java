package dev.penstock.e2e.kubernetes;

import dev.penstock.e2e.harness.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A relay on loopback, to cut a connection that both ends believe in. */
final class Relay implements AutoCloseable {

    private final int port;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private @Nullable ServerSocket server;

    /** Reserves a port; nothing listens there before {@link #open}. */
    Relay(int target) throws IOException {
        this.target = target;
        try (ServerSocket reserved = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = reserved.getLocalPort();
        }
    }

    int port() {
        return port;
    }

    /** Lets connections through. */
    void open() throws IOException {
        open(listen());
    }

    /** Lets connections through from another host's loopback, at the same port. */
    void openIn(NetworkNamespace host) throws IOException {
        open(host.callIo(this::listen));
    }

    private ServerSocket listen() throws IOException {
        ServerSocket opened = new ServerSocket();
        opened.setReuseAddress(true);
        opened.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return opened;
    }

    private void open(ServerSocket opened) {
        server = opened;
        Thread.ofPlatform().daemon().start(() -> accept(opened));
    }

    /** Ends all connections and refuses new ones. */
    void cut() {
        try {
            if (server != null) {
                server.close();
                server = null;
            }
            for (Socket socket : sockets) {
                socket.close();
            }
            sockets.clear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        cut();
    }

    private void accept(ServerSocket from) {
        while (!from.isClosed()) {
            try {
                connect(from.accept());
            } catch (IOException _) {
                // Cut.
            }
        }
    }

    private void connect(Socket client) throws IOException {
        sockets.add(client);
        Socket upstream;
        try {
            upstream = new Socket(InetAddress.getLoopbackAddress(), target);
        } catch (IOException _) {
            // Nothing at the other end: the client sees its connection closed.
            sockets.remove(client);
            client.close();
            return;
        }
        sockets.add(upstream);
        Thread.ofPlatform().daemon().start(() -> copy(client, upstream));
        Thread.ofPlatform().daemon().start(() -> copy(upstream, client));
    }

    private void copy(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException _) {
            // Cut.
        } finally {
            sockets.remove(from);
        }
    }
}
