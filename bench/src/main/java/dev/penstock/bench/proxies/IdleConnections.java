package dev.penstock.bench.proxies;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** Connections that have had one answer each and are kept open. */
final class IdleConnections implements AutoCloseable {

    private final List<Socket> sockets = new ArrayList<>();

    private IdleConnections() {}

    /** Opens connections one after the other and asks for one answer on each. */
    static IdleConnections open(RunningProxy proxy, Site site, boolean tls, int count)
            throws IOException {
        IdleConnections connections = new IdleConnections();
        try {
            int port = tls ? proxy.httpsPort() : proxy.httpPort();
            SSLSocketFactory factory = trusting(site).getSocketFactory();
            for (int i = 0; i < count; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                if (tls) {
                    socket = factory.createSocket(socket, Site.HOST, port, true);
                }
                connections.sockets.add(socket);
                ask(socket);
            }
            return connections;
        } catch (IOException e) {
            connections.close();
            throw e;
        }
    }

    /** Asks for {@code /s} and reads the whole answer. */
    static void ask(Socket socket) throws IOException {
        socket.getOutputStream().write(OpenLoop.REQUEST);
        InputStream in = socket.getInputStream();
        StringBuilder answer = new StringBuilder();
        byte[] chunk = new byte[1024];
        String end = "x".repeat(Site.SMALL_BYTES);
        while (!answer.toString().endsWith(end)) {
            int read = in.read(chunk);
            if (read < 0) {
                throw new IOException("the proxy closed before its answer ended: " + answer);
            }
            answer.append(new String(chunk, 0, read, StandardCharsets.ISO_8859_1));
            if (answer.length() > "HTTP/1.1 200".length()
                    && !answer.substring("HTTP/1.1 ".length()).startsWith("200")) {
                throw new IOException("not 200: " + answer);
            }
        }
    }

    private static SSLContext trusting(Site site) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry(
                    Site.HOST,
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(site.certificatePem())));
            TrustManagerFactory managers =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has X.509 and TLS", e);
        }
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
