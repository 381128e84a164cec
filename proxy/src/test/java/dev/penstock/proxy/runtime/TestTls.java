package dev.penstock.proxy.runtime;

import dev.penstock.model.http.HostPattern;
import dev.penstock.model.tls.Certificate;
import dev.penstock.model.tls.TlsConfig;
import dev.penstock.tls.pem.CertificateReader;
import dev.penstock.tls.pem.CertifiedKey;
import dev.penstock.tls.pem.SelfSigned;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.TreeMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Certificates and sockets of TLS for tests. */
final class TestTls {

    private TestTls() {}

    static Certificate certificate(String host) {
        return SelfSigned.create(host, List.of(host));
    }

    static TlsConfig config(String... hosts) {
        TreeMap<HostPattern, Certificate> certificates = new TreeMap<>();
        for (String host : hosts) {
            certificates.put(new HostPattern(host), certificate(host));
        }
        return new TlsConfig(certificates, null);
    }

    /** A listening socket with a certificate for a host. */
    static ServerSocket listen(String host) throws Exception {
        Certificate certificate = certificate(host);
        CertifiedKey key = CertificateReader.load(certificate.chainPem(), certificate.keyPem());
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "key", key.key(), new char[0], key.chain().toArray(new X509Certificate[0]));
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context.getServerSocketFactory()
                .createServerSocket(0, 64, InetAddress.getLoopbackAddress());
    }

    /** A client's socket that trusts anybody. */
    static SSLSocket connect(int port, String serverName, String... alpn) throws Exception {
        SSLSocket socket =
                (SSLSocket)
                        trustingContext()
                                .getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), port);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(serverName)));
        parameters.setApplicationProtocols(alpn);
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    static SSLContext trustingContext() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustEverybody()}, null);
        return context;
    }

    private static final class TrustEverybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
