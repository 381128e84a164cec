package dev.penstock.l4.userspace;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A destination on loopback that does something with each connection, on a thread of its own. */
final class Backend implements AutoCloseable {

    /** What a destination does with a connection, which is closed afterwards. */
    @FunctionalInterface
    interface Service {
        void serve(Socket socket) throws IOException;
    }

    private final ServerSocket listener;
    private final Thread acceptor;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();

    private Backend(String address, Service service) throws IOException {
        listener = new ServerSocket(0, 2000, InetAddress.ofLiteral(address));
        acceptor = Thread.ofPlatform().daemon().start(() -> accept(service));
    }

    /** A destination that does something. */
    static Backend serving(Service service) throws IOException {
        return new Backend("127.0.0.1", service);
    }

    /** A destination that sends a text and closes. */
    static Backend saying(String text) throws IOException {
        return serving(socket -> socket.getOutputStream().write(text.getBytes(US_ASCII)));
    }

    static Backend saying(String text, String address) throws IOException {
        return new Backend(
                address, socket -> socket.getOutputStream().write(text.getBytes(US_ASCII)));
    }

    /** A destination that sends back what it receives. */
    static Backend echo() throws IOException {
        return serving(Backend::echo);
    }

    static Backend echo(String address) throws IOException {
        return new Backend(address, Backend::echo);
    }

    private static void echo(Socket socket) throws IOException {
        socket.getInputStream().transferTo(socket.getOutputStream());
    }

    private void accept(Service service) {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                accepted.incrementAndGet();
                open.add(socket);
                Thread.ofPlatform().daemon().start(() -> serve(service, socket));
            } catch (IOException _) {
                return; // closed
            }
        }
    }

    private void serve(Service service, Socket socket) {
        try (socket) {
            service.serve(socket);
        } catch (IOException _) {
            // The client is gone, or the test has ended.
        } finally {
            open.remove(socket);
        }
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    int accepted() {
        return accepted.get();
    }

    @Override
    public void close() {
        try {
            listener.close();
            acceptor.join(); // which may accept one more connection
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
