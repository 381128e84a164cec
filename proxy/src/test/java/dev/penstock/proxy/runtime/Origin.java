package dev.penstock.proxy.runtime;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A backend on a raw socket: what it does with each connection is the test's choice. */
final class Origin implements AutoCloseable {

    /** Serves one connection; runs on a thread of its own. */
    interface Service {
        void serve(Origin origin, RawConnection connection) throws IOException;
    }

    private final ServerSocket listening;
    private final Service service;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    final AtomicInteger connections = new AtomicInteger();
    final List<String> heads = new CopyOnWriteArrayList<>();
    final List<String> bodies = new CopyOnWriteArrayList<>();

    Origin(Service service) {
        this(service, 0);
    }

    Origin(Service service, int port) {
        this(service, listen(port));
    }

    Origin(Service service, ServerSocket listening) {
        this.service = service;
        this.listening = listening;
        Thread.ofVirtual().start(this::accept);
    }

    private static ServerSocket listen(int port) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
            return socket;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Answers every request with 200 and a fixed body, on and on. */
    static Origin answering(String body) {
        return new Origin((origin, connection) -> {
            while (origin.request(connection) != null) {
                connection.send(ok(body));
            }
        });
    }

    static String ok(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    /** Reads and remembers a request with its body; null when the connection ended. */
    @Nullable String request(RawConnection connection) throws IOException {
        String head = connection.head();
        if (head != null) {
            heads.add(head);
            byte[] body = connection.body(head);
            bodies.add(new String(body, StandardCharsets.ISO_8859_1));
            if (RawConnection.header(head, "transfer-encoding") != null) {
                while (!connection.line().isEmpty()) {
                    // Trailers are not looked at here.
                }
            }
        }
        return head;
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listening.getLocalSocketAddress();
    }

    int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        while (true) {
            try {
                Socket socket = listening.accept();
                open.add(socket);
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            service.serve(this, new RawConnection(socket));
        } catch (IOException _) {
            // The proxy closed the connection, or the test did.
        } finally {
            open.remove(socket);
        }
    }

    /** How many connections are open. */
    int openConnections() {
        return open.size();
    }

    /** Closes all connections as a killed process does. */
    void kill() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
