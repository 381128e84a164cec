package dev.penstock.e2e.node.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** An open connection to a {@link PodServers}, which sends back what it is sent. */
public final class TcpSession implements AutoCloseable {
    private final SocketChannel channel;
    private final Peer peer;

    private TcpSession(SocketChannel channel, Peer peer) {
        this.channel = channel;
        this.peer = peer;
    }

    /** Reads the line that a server begins with. */
    static TcpSession greeted(SocketChannel channel, int timeoutMillis) throws IOException {
        channel.socket().setSoTimeout(timeoutMillis);
        InputStream in = channel.socket().getInputStream();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("closed before the greeting");
            }
            line.write(next);
        }
        channel.socket().setSoTimeout(Host.PATIENCE_MILLIS);
        return new TcpSession(channel, Peer.parse(line.toString(US_ASCII)));
    }

    /** Who is at the other end. */
    public Peer peer() {
        return peer;
    }

    public SocketChannel channel() {
        return channel;
    }

    /** Sends a text and waits until it is back. */
    public String echo(String text) throws IOException {
        byte[] bytes = text.getBytes(US_ASCII);
        channel.write(ByteBuffer.wrap(bytes));
        byte[] back = channel.socket().getInputStream().readNBytes(bytes.length);
        return new String(back, US_ASCII);
    }

    /**
     * Lets the connection end by a reset: its port can be used again at once, and ipvs forgets it
     * soon.
     */
    public void resetAtEnd() throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
