package dev.penstock.e2e.node.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What runs in a pod: on each of its ports a TCP server that says who it is and whom it sees, then
 * sends back what it is sent until the client ends its half; and a UDP server that says the same.
 */
final class PodServers implements Closeable {
    /** The ports that every backend serves. */
    static final List<Integer> PORTS = List.of(8080, 8081, 9090);

    private static final int BACKLOG = 2048;

    private final Host host;
    private final List<Closeable> open = new CopyOnWriteArrayList<>();

    PodServers(Host host) throws IOException {
        this.host = host;
        for (int port : PORTS) {
            ServerSocketChannel tcp = host.network().callIo(ServerSocketChannel::open);
            open.add(tcp);
            tcp.bind(new InetSocketAddress(port), BACKLOG);
            Thread.ofVirtual().start(() -> accept(tcp));
            for (String address : List.of(host.ipv4(), host.ipv6())) {
                DatagramChannel udp =
                        host.network().callIo(() -> DatagramChannel.open(Host.familyOf(address)));
                open.add(udp);
                udp.bind(new InetSocketAddress(address, port));
                Thread.ofVirtual().start(() -> answer(udp, port));
            }
        }
    }

    private void accept(ServerSocketChannel server) {
        try {
            while (true) {
                SocketChannel client = server.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException _) {
            // The lab was closed.
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            client.write(
                    ByteBuffer.wrap(line(client.getLocalAddress(), client.getRemoteAddress())));
            InputStream in = client.socket().getInputStream();
            OutputStream out = client.socket().getOutputStream();
            in.transferTo(out);
        } catch (IOException _) {
            // The client went away, as some tests want it to.
        } finally {
            open.remove(client);
        }
    }

    private void answer(DatagramChannel udp, int port) {
        ByteBuffer question = ByteBuffer.allocate(65_536);
        try {
            while (true) {
                question.clear();
                java.net.SocketAddress client = udp.receive(question);
                udp.send(ByteBuffer.wrap(line(new InetSocketAddress(port), client)), client);
            }
        } catch (IOException _) {
            // The lab was closed.
        }
    }

    private byte[] line(java.net.SocketAddress local, java.net.SocketAddress remote) {
        InetSocketAddress client = (InetSocketAddress) remote;
        String text =
                host.name()
                        + " "
                        + ((InetSocketAddress) local).getPort()
                        + " "
                        + client.getAddress().getHostAddress()
                        + " "
                        + client.getPort()
                        + "\n";
        return text.getBytes(US_ASCII);
    }

    @Override
    public void close() throws IOException {
        for (Closeable each : open) {
            each.close();
        }
    }
}
