package dev.penstock.e2e.kubernetes;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Requests through the program, each over a connection of its own: plain sockets, made by threads
 * of the test, so that they are in its network namespace.
 */
final class Traffic implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 10_000;

    private final int port;
    private final AtomicInteger answered = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;
    private @Nullable Thread asking;

    Traffic(int port) {
        this.port = port;
    }

    /** The status of the answer to a GET. */
    int status(String host, String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            String request =
                    "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                            .formatted(path, host);
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            BufferedReader answer =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
            String line = answer.readLine();
            if (line == null) {
                throw new IOException("closed without an answer");
            }
            while (answer.readLine() != null) {
                // To the end: an answer that is cut short is a failure too.
            }
            return Integer.parseInt(line.split(" ", -1)[1]);
        }
    }

    /** Asks without a pause, on a thread of its own, until this is closed. */
    void keepAsking(String host) {
        asking = Thread.ofPlatform().daemon().start(() -> ask(host));
    }

    int answered() {
        return answered.get();
    }

    /** What was not answered with 200. */
    Queue<String> failures() {
        return failures;
    }

    @Override
    public void close() {
        closed = true;
        Thread thread = asking;
        if (thread != null) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void ask(String host) {
        while (!closed) {
            try {
                int status = status(host, "/");
                if (status != 200) {
                    failures.add("status " + status);
                }
            } catch (IOException | RuntimeException e) {
                failures.add(e.toString());
            }
            answered.incrementAndGet();
        }
    }
}
