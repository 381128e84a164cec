package dev.penstock.e2e.node.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;

/** A client's UDP socket. */
public final class UdpSocket implements AutoCloseable {
    private final DatagramChannel channel;
    private final boolean connected;

    UdpSocket(DatagramChannel channel, boolean connected) {
        this.channel = channel;
        this.connected = connected;
    }

    /** Sends a datagram and waits for the answer, which must come from where it was sent to. */
    public Attempt ask(String address, int port) {
        return ask(address, port, Host.PATIENCE_MILLIS);
    }

    /** Asks as {@link #ask}, and gives up early: to see that a datagram is dropped. */
    public Attempt askBriefly(String address, int port) {
        return ask(address, port, Host.SILENCE_MILLIS);
    }

    private Attempt ask(String address, int port, int timeoutMillis) {
        long start = System.nanoTime();
        InetSocketAddress target = new InetSocketAddress(InetAddress.ofLiteral(address), port);
        try {
            channel.socket().setSoTimeout(timeoutMillis);
            byte[] question = "who".getBytes(US_ASCII);
            DatagramPacket packet = new DatagramPacket(question, question.length);
            if (!connected) {
                packet.setSocketAddress(target);
            }
            channel.socket().send(packet);
            DatagramPacket answer = new DatagramPacket(new byte[2048], 2048);
            channel.socket().receive(answer);
            if (!answer.getSocketAddress().equals(target)) {
                throw new AssertionError(
                        "asked " + target + " but " + answer.getSocketAddress() + " answered");
            }
            String text = new String(answer.getData(), 0, answer.getLength(), US_ASCII);
            return new Attempt(Outcome.ANSWERED, Peer.parse(text.strip()), Attempt.since(start));
        } catch (IOException e) {
            return new Attempt(Outcome.of(e), null, Attempt.since(start));
        }
    }

    /** The port it sends from. */
    public int port() {
        return channel.socket().getLocalPort();
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
