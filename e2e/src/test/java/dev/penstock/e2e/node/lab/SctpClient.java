package dev.penstock.e2e.node.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.penstock.e2e.node.lab.SctpSocket.Received;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** A client that makes an SCTP association, reads the first message and aborts it. One thread. */
final class SctpClient implements AutoCloseable {
    private static final AtomicInteger NEXT_PORT = new AtomicInteger(20_000);

    private final SctpSocket socket;
    private final InetAddress address;
    private final int port;
    private final int ownPort = NEXT_PORT.incrementAndGet();
    private final int ownTag = 0x0c000000 + ownPort;
    private final long deadline;

    SctpClient(Host from, String address, int port, int timeoutMillis) throws IOException {
        this.socket = SctpSocket.open(from, address);
        this.address = InetAddress.ofLiteral(address);
        this.port = port;
        this.deadline = System.nanoTime() + Duration.ofMillis(timeoutMillis).toNanos();
    }

    /** Who answers. */
    Peer greeting() throws IOException {
        socket.reportErrors();
        send(0, SctpPacket.INIT, SctpPacket.opening(ownTag));
        SctpPacket opened = await(SctpPacket.INIT_ACK);
        int tag = opened.firstInt();
        send(tag, SctpPacket.COOKIE_ECHO, opened.cookie());
        await(SctpPacket.COOKIE_ACK);
        Peer peer = Peer.parse(new String(await(SctpPacket.DATA).text(), US_ASCII));
        send(tag, SctpPacket.ABORT, new byte[0]);
        return peer;
    }

    private void send(int tag, int type, byte[] body) throws IOException {
        socket.send(new SctpPacket(ownPort, port, tag, type, body), address);
    }

    /**
     * The next packet of a type that comes from where the client sends to, and from nowhere else.
     */
    private SctpPacket await(int type) throws IOException {
        while (true) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new SocketTimeoutException("no chunk of type " + type);
            }
            Received received = socket.receive(Duration.ofNanos(left).plusMillis(1));
            if (received != null
                    && received.packet().port() == ownPort
                    && received.packet().type() == type) {
                if (!received.from().equals(address) || received.packet().sourcePort() != port) {
                    throw new AssertionError(
                            "asked %s port %d, but %s answered".formatted(address, port, received));
                }
                return received.packet();
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
