package dev.penstock.proxy.stream;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a client's connection.
 *
 * @param client the client's address: the peer's, or what a trusted PROXY protocol header says
 * @param local the address the client connected to, by the same rule
 * @param peer the address of the socket's other end
 * @param secure whether it is TLS
 * @param sni the server name the client asked for, in lower case; null without
 * @param trustedPeer whether the peer may set forwarded headers
 * @param clientText the client's IP address as ASCII text, made once a connection; not to be
 *     changed
 */
@SuppressWarnings("ArrayRecordComponent") // an identity that nobody compares
public record ConnectionInfo(
        InetSocketAddress client,
        InetSocketAddress local,
        InetSocketAddress peer,
        boolean secure,
        @Nullable String sni,
        boolean trustedPeer,
        byte[] clientText) {

    public ConnectionInfo(
            InetSocketAddress client,
            InetSocketAddress local,
            InetSocketAddress peer,
            boolean secure,
            @Nullable String sni,
            boolean trustedPeer) {
        this(
                client,
                local,
                peer,
                secure,
                sni,
                trustedPeer,
                client.getAddress().getHostAddress().getBytes(StandardCharsets.US_ASCII));
    }
}
