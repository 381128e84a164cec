package dev.penstock.e2e.node.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.penstock.e2e.node.lab.SctpSocket.Received;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A pod's SCTP server on each of its ports, over IPv4 and IPv6: it takes an association and says in
 * its first message who it is and whom it sees. It keeps nothing of an association, since the
 * client's tag comes back with the cookie.
 */
public final class SctpServer implements AutoCloseable {
    private static final Duration LOOK_UP = Duration.ofMillis(200);
    private static final int OWN_TAG = 0x5e77e700;

    private final Host host;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    /** Starts it in a pod of the lab. */
    public SctpServer(Host host) throws IOException {
        this.host = host;
        for (String address : List.of(host.ipv4(), host.ipv6())) {
            SctpSocket socket = SctpSocket.open(host, address);
            // A platform thread: it blocks in a call of the system.
            threads.add(Thread.ofPlatform().daemon().start(() -> serve(socket)));
        }
    }

    private void serve(SctpSocket socket) {
        try (socket) {
            while (!closed) {
                Received question = socket.receive(LOOK_UP);
                if (question != null && PodServers.PORTS.contains(question.packet().port())) {
                    answer(question, socket);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(Received question, SctpSocket socket) throws IOException {
        SctpPacket asked = question.packet();
        switch (asked.type()) {
            case SctpPacket.INIT -> {
                byte[] cookie = ByteBuffer.allocate(4).putInt(asked.firstInt()).array();
                byte[] body = SctpPacket.openingWithCookie(OWN_TAG, cookie);
                socket.send(
                        asked.answer(asked.firstInt(), SctpPacket.INIT_ACK, body), question.from());
            }
            case SctpPacket.COOKIE_ECHO -> {
                int tag = asked.firstInt();
                byte[] message = SctpPacket.message(greeting(question));
                socket.send(asked.answer(tag, SctpPacket.COOKIE_ACK, new byte[0]), question.from());
                socket.send(asked.answer(tag, SctpPacket.DATA, message), question.from());
            }
            default -> {
                // The client's end of it, or an answer to a client on this host.
            }
        }
    }

    private byte[] greeting(Received question) {
        return "%s %d %s %d"
                .formatted(
                        host.name(),
                        question.packet().port(),
                        question.from().getHostAddress(),
                        question.packet().sourcePort())
                .getBytes(US_ASCII);
    }

    /** Ends it, and waits until it has. */
    @Override
    public void close() {
        closed = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
