package dev.penstock.e2e.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.e2e.node.lab.Host;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Locale;

/**
 * An answer of one of the program's own pages.
 *
 * @param status its code; 0 where nobody listens
 * @param head its header lines, in lower case
 * @param body its body
 */
record HttpAnswer(int status, String head, String body) {

    private static final int PATIENCE_MILLIS = 10_000;

    /** Asks from a host. */
    static HttpAnswer get(Host from, String address, int port, String path) {
        try (SocketChannel channel = from.network().callIo(SocketChannel::open)) {
            channel.socket()
                    .connect(
                            new InetSocketAddress(InetAddress.ofLiteral(address), port),
                            PATIENCE_MILLIS);
            channel.socket().setSoTimeout(PATIENCE_MILLIS);
            String request =
                    "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .formatted(path);
            channel.write(ByteBuffer.wrap(request.getBytes(UTF_8)));
            String all = new String(channel.socket().getInputStream().readAllBytes(), UTF_8);
            int end = all.indexOf("\r\n\r\n");
            return new HttpAnswer(
                    Integer.parseInt(all.split(" ", 3)[1]),
                    all.substring(0, end).toLowerCase(Locale.ROOT),
                    all.substring(end + 4));
        } catch (IOException e) {
            return new HttpAnswer(0, "", String.valueOf(e.getMessage()));
        }
    }
}
