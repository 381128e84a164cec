package dev.penstock.tls.context;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** The JDK's TLS client, trusting everybody. It resumes its sessions where the server lets it. */
final class TlsClient {

    private final AtomicInteger fullHandshakes = new AtomicInteger();
    private final SSLContext context;
    private final String[] protocols;

    TlsClient(String... protocols) {
        this.protocols = protocols;
        try {
            context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustEverybody()}, null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How often a server had to show its certificate. A resumed session does without. */
    int fullHandshakes() {
        return fullHandshakes.get();
    }

    /** Connects, shakes hands, and says a few bytes, after which any ticket has arrived. */
    Connection connect(int port, @Nullable String serverName, String... alpn) throws IOException {
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
        plain.setSoTimeout(20_000);
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(plain, "127.0.0.1", port, true);
        SSLParameters parameters = socket.getSSLParameters();
        List<SNIServerName> names =
                serverName == null ? List.of() : List.of(new SNIHostName(serverName));
        parameters.setServerNames(names);
        parameters.setApplicationProtocols(alpn);
        if (protocols.length > 0) {
            parameters.setProtocols(protocols);
        }
        socket.setSSLParameters(parameters);
        try {
            socket.startHandshake();
            Connection connection = new Connection(socket);
            connection.exchange();
            return connection;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** A connection that is open. */
    record Connection(SSLSocket socket) implements AutoCloseable {

        /** Sends some bytes and waits for them to come back. */
        void exchange() throws IOException {
            byte[] hello = {'h', 'e', 'l', 'l', 'o'};
            socket.getOutputStream().write(hello);
            byte[] answer = socket.getInputStream().readNBytes(hello.length);
            if (answer.length != hello.length) {
                throw new SocketException("closed after " + answer.length + " bytes");
            }
        }

        List<X509Certificate> chain() throws SSLPeerUnverifiedException {
            return List.of((X509Certificate[]) socket.getSession().getPeerCertificates());
        }

        String protocol() {
            return socket.getSession().getProtocol();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private final class TrustEverybody extends X509ExtendedTrustManager {

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
            fullHandshakes.incrementAndGet();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
            fullHandshakes.incrementAndGet();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            fullHandshakes.incrementAndGet();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(
                X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
