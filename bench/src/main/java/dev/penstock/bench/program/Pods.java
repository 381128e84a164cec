package dev.penstock.bench.program;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;

/** Answers at every address of a pod, each connection by the address it came to. */
final class Pods implements AutoCloseable {

    private static final int ADDRESS_LENGTH = 4;
    private static final int CONNECT_MILLIS = 1_000;
    private static final int BACKLOG = 1_024;

    private final ServerSocket listener;

    private Pods(ServerSocket listener) {
        this.listener = listener;
    }

    static Pods start() throws IOException {
        Pods pods = new Pods(new ServerSocket(NodeServices.POD_PORT, BACKLOG));
        Thread.ofPlatform().daemon().name("pods").start(pods::serve);
        return pods;
    }

    /** The pair of pods a new connection to a Service comes to; -1 if to none. */
    static int reached(int service) {
        try (Socket socket = new Socket()) {
            // A reset at the end, so that no port stays taken for a minute.
            socket.setSoLinger(true, 0);
            socket.setSoTimeout(CONNECT_MILLIS);
            socket.connect(
                    new InetSocketAddress(NodeServices.address(service), NodeServices.PORT),
                    CONNECT_MILLIS);
            InputStream in = socket.getInputStream();
            byte[] address = in.readNBytes(ADDRESS_LENGTH);
            return address.length < ADDRESS_LENGTH ? -1 : NodeServices.pair(address);
        } catch (IOException _) {
            return -1;
        }
    }

    private void serve() {
        while (true) {
            try (Socket socket = listener.accept()) {
                if (socket.getLocalAddress() instanceof Inet4Address address) {
                    socket.getOutputStream().write(address.getAddress());
                }
            } catch (SocketException e) {
                if (listener.isClosed()) {
                    return;
                }
                // A client that went away.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
