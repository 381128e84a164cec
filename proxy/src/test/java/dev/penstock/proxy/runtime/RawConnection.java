package dev.penstock.proxy.runtime;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A socket that speaks HTTP/1.1 byte by byte, as client or as server. */
final class RawConnection implements Closeable {

    private static final int TIMEOUT_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    RawConnection(Socket socket) {
        try {
            this.socket = socket;
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            this.in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
            this.out = socket.getOutputStream();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static RawConnection to(int port) throws IOException {
        return new RawConnection(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    Socket socket() {
        return socket;
    }

    InputStream in() {
        return in;
    }

    OutputStream out() {
        return out;
    }

    RawConnection send(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        return this;
    }

    /** Reads to the empty line; null at the end of the stream before a byte. */
    @Nullable String head() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4) {
            int b = in.read();
            if (b < 0) {
                if (head.size() == 0) {
                    return null;
                }
                throw new EOFException("in a head: " + head);
            }
            head.write(b);
            matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("in a line: " + line);
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    byte[] bytes(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("after " + bytes.length + " of " + count);
        }
        return bytes;
    }

    String text(int count) throws IOException {
        return new String(bytes(count), StandardCharsets.ISO_8859_1);
    }

    /** What comes until the end of the stream. */
    String rest() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** The body that a head announces, without its framing. */
    byte[] body(String head) throws IOException {
        String length = header(head, "content-length");
        if (length != null) {
            return bytes(Integer.parseInt(length));
        }
        if (header(head, "transfer-encoding") == null) {
            return head.startsWith("HTTP/") ? in.readAllBytes() : new byte[0];
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            body.write(bytes(size));
            line();
        }
        return body.toByteArray();
    }

    int chunkSize() throws IOException {
        return HexFormat.fromHexDigits(line());
    }

    /** Reads a whole response with status line, fields and body; trailers are thrown away. */
    Response response() throws IOException {
        return response(false);
    }

    Response response(boolean toHead) throws IOException {
        String head = head();
        if (head == null) {
            throw new EOFException("no response");
        }
        int status = Integer.parseInt(head.substring(9, 12));
        boolean bodiless = toHead || status < 200 || status == 204 || status == 304;
        byte[] body = bodiless ? new byte[0] : body(head);
        StringBuilder trailers = new StringBuilder();
        if (!bodiless && header(head, "transfer-encoding") != null) {
            for (String line = line(); !line.isEmpty(); line = line()) {
                trailers.append(line).append('\n');
            }
        }
        return new Response(
                status, head, new String(body, StandardCharsets.ISO_8859_1), trailers.toString());
    }

    static @Nullable String header(String head, String name) {
        for (String line : head.split("\r\n")) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).toLowerCase(Locale.ROOT).equals(name)) {
                return line.substring(colon + 1).strip();
            }
        }
        return null;
    }

    record Response(int status, String head, String body, String trailers) {
        @Nullable String header(String name) {
            return RawConnection.header(head, name);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
