package dev.penstock.app.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Sends requests of every kind to a server in this process, so that the JVM learns which classes a
 * start and its first requests need, and keeps them in its cache (JEP 483).
 */
final class Training {

    private static final int ROUNDS = 300;
    private static final int TIMEOUT_MILLIS = 5_000;

    private Training() {}

    static void run(int httpPort, int httpsPort, InetSocketAddress admin)
            throws InterruptedException {
        try {
            for (int i = 0; i < ROUNDS; i++) {
                http1(httpPort, i);
            }
            tls(httpsPort);
            adminPages(admin.getPort());
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("a request of the training failed", e);
        }
    }

    private static void http1(int port, int round) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            String body = "x".repeat(round);
            exchange(
                    socket,
                    "POST /cart?round="
                            + round
                            + " HTTP/1.1\r\nHost: shop.example.com\r\nContent-Length: "
                            + body.length()
                            + "\r\nConnection: close\r\n\r\n"
                            + body);
        }
    }

    private static void tls(int port)
            throws IOException, GeneralSecurityException, InterruptedException {
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, new TrustManager[] {new TrustAll()}, null);
        for (int i = 0; i < ROUNDS / 10; i++) {
            try (SSLSocket socket =
                    (SSLSocket)
                            trusting.getSocketFactory()
                                    .createSocket(
                                            new Socket(InetAddress.getLoopbackAddress(), port),
                                            DemoManifests.TLS_HOST,
                                            port,
                                            true)) {
                socket.setSoTimeout(TIMEOUT_MILLIS);
                exchange(
                        socket,
                        "GET / HTTP/1.1\r\nHost: account.example.com\r\nConnection: close\r\n\r\n");
            }
        }
    }

    private static void exchange(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        String answer =
                new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        if (!answer.startsWith("HTTP/1.1 200 ")) {
            throw new IOException("answer: " + answer.lines().findFirst().orElse("nothing"));
        }
    }

    private static void adminPages(int port) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (String page :
                    new String[] {
                        "/readyz", "/metrics", "/configz", "/explain?url=http://shop.example.com/"
                    }) {
                URI uri = URI.create("http://127.0.0.1:" + port + page);
                client.send(HttpRequest.newBuilder(uri).GET().build(), BodyHandlers.discarding());
            }
        }
    }

    /** Trusts everybody: the peer is this process. */
    private static final class TrustAll implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            // The peer is this process.
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            // The peer is this process.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
