package dev.penstock.bench.proxies;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * Sends requests at a fixed rate over kept connections, however long the answers take. A request
 * for which no connection is free counts from the moment it was due, so that a proxy which stops
 * for a while does not hide it ("coordinated omission").
 */
final class OpenLoop implements AutoCloseable {

    private static final Duration STALL_LIMIT = Duration.ofSeconds(30);

    /** The request that all of this package's own clients send. */
    static final byte[] REQUEST =
            ("GET /s HTTP/1.1\r\nHost: " + Site.HOST + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);

    private final Selector selector = Selector.open();

    // A ring, so that none is idle for so long that a proxy closes it.
    private final Connection[] free;
    private int freeFrom;
    private int freeCount;

    /** Of the run: when the requests without a connection were due, and what each took. */
    private long[] dueNanos = new long[0];

    private long[] tookNanos = new long[0];
    private int waitingFrom;
    private int due;
    private int answered;

    /** Connects. */
    OpenLoop(int port, int connections) throws IOException {
        free = new Connection[connections];
        for (int i = 0; i < connections; i++) {
            free[freeCount++] = new Connection(port);
        }
    }

    /**
     * Sends requests and waits for their answers.
     *
     * @param rate requests a second
     * @param count how many
     * @return what each took in nanoseconds, sorted
     */
    long[] run(double rate, int count) throws IOException {
        dueNanos = new long[count];
        tookNanos = new long[count];
        waitingFrom = 0;
        due = 0;
        answered = 0;
        double interval = 1e9 / rate;
        long begin = System.nanoTime();
        long progress = begin;
        while (answered < count) {
            int before = answered;
            long now = System.nanoTime();
            while (due < count && now - begin >= (long) (due * interval)) {
                dueNanos[due] = begin + (long) (due * interval);
                due++;
                if (freeCount > 0) {
                    // That this program itself is late by some microseconds is not the proxy's
                    // doing.
                    send(System.nanoTime());
                }
            }
            selector.select(this::read, 1);
            if (answered > before) {
                progress = now;
            } else if (now - progress > STALL_LIMIT.toNanos()) {
                throw new IOException("no answer within " + STALL_LIMIT);
            }
        }
        Arrays.sort(tookNanos);
        return tookNanos;
    }

    private void send(long fromNanos) throws IOException {
        waitingFrom++;
        Connection connection = free[freeFrom];
        freeFrom = (freeFrom + 1) % free.length;
        freeCount--;
        connection.send(fromNanos);
    }

    private void read(SelectionKey key) {
        Connection connection = (Connection) key.attachment();
        try {
            if (connection.readAnswer()) {
                tookNanos[answered++] = System.nanoTime() - connection.sentNanos;
                free[(freeFrom + freeCount++) % free.length] = connection;
                if (waitingFrom < due) {
                    send(dueNanos[waitingFrom]);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }

    /** One connection; it has at most one request in flight. */
    private final class Connection {

        private static final int ANSWER_BYTES_MAX = 4096;

        private final SocketChannel channel;
        private final ByteBuffer request = ByteBuffer.allocateDirect(REQUEST.length).put(REQUEST);
        private final ByteBuffer answer = ByteBuffer.allocateDirect(ANSWER_BYTES_MAX);
        private long sentNanos;

        Connection(int port) throws IOException {
            channel =
                    SocketChannel.open(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
        }

        void send(long from) throws IOException {
            sentNanos = from;
            if (channel.write(request.rewind()) != REQUEST.length) {
                throw new IOException("a request did not fit into an idle connection");
            }
        }

        /** Reads what there is; whether the answer is complete. */
        boolean readAnswer() throws IOException {
            if (channel.read(answer) < 0) {
                throw new IOException("the proxy closed a kept connection");
            }
            int body = bodyStart();
            if (body < 0 || answer.position() < body + Site.SMALL_BYTES) {
                return false;
            }
            // "HTTP/1.1 200"
            if (answer.get(9) != '2') {
                throw new IOException("an answer of another status than 200");
            }
            answer.clear();
            return true;
        }

        private int bodyStart() {
            for (int i = 3; i < answer.position(); i++) {
                if (answer.get(i) == '\n'
                        && answer.get(i - 1) == '\r'
                        && answer.get(i - 2) == '\n') {
                    return i + 1;
                }
            }
            return -1;
        }
    }
}
