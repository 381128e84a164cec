package dev.penstock.tls.context;

import static dev.penstock.tls.TestAuthority.ec;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.model.http.HostPattern;
import dev.penstock.model.tls.Certificate;
import dev.penstock.model.tls.TlsConfig;
import dev.penstock.tls.TestAuthority;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a backend must show to be spoken to, with each TLS implementation. */
@ParameterizedClass
@EnumSource(names = {"OPENSSL", "JDK"})
class ClientTlsTest {

    private static final TestAuthority authority = new TestAuthority();
    private static final Certificate backend =
            authority.certificate(ec("secp256r1"), "backend.example", "127.0.0.1");

    @Parameter TlsProvider provider = TlsProvider.AUTO;

    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private @Nullable TlsServer server;

    @BeforeEach
    void start() {
        ServerCertificates certificates =
                new ServerCertificates(ServerTlsSettings.DEFAULT.withProvider(provider));
        certificates.update(
                new TlsConfig(
                        new TreeMap<>(Map.of(new HostPattern("backend.example"), backend)),
                        backend));
        server = new TlsServer(certificates::newHandler);
    }

    @AfterEach
    void stop() {
        requireNonNull(server).close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void takesATrustedBackendOfTheRightName() throws Exception {
        assertThat(handshake(trusting(), true, "backend.example")).isEqualTo("http/1.1");
        assertThat(handshake(trusting(), true, "127.0.0.1")).isEqualTo("http/1.1");
    }

    @Test
    void refusesATrustedBackendOfAnotherName() {
        assertThatThrownBy(() -> handshake(trusting(), true, "other.example"))
                .isInstanceOf(SSLException.class);
        assertThatThrownBy(() -> handshake(trusting(), true, "127.0.0.2"))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void refusesABackendOfAnUnknownAuthority() {
        assertThatThrownBy(() -> handshake(new ClientTls(provider), true, "backend.example"))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void refusesAnotherNameEvenAfterASessionWithTheRightOne() throws Exception {
        ClientTls client = trusting();
        handshake(client, true, "backend.example");
        handshake(client, false, "other.example");
        assertThatThrownBy(() -> handshake(client, true, "other.example"))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void takesAnybodyWithoutVerification() throws Exception {
        ClientTls client = new ClientTls(provider);
        assertThat(handshake(client, false, "other.example")).isEqualTo("http/1.1");
        assertThat(handshake(client, false, "127.0.0.1")).isEqualTo("http/1.1");
    }

    @Test
    void keepsOneContextForEachKindOfBackend() {
        ClientTls client = new ClientTls(provider);
        assertThat(client.context(true, List.of("h2")))
                .isSameAs(client.context(true, List.of("h2")))
                .isNotSameAs(client.context(false, List.of("h2")))
                .isNotSameAs(client.context(true, List.of()));
    }

    /** Connects to the server and returns the protocol agreed on. */
    private String handshake(ClientTls client, boolean verify, String serverName) throws Exception {
        int port = requireNonNull(server).port();
        // Not looked up later: a handshake that has failed by then has left the pipeline.
        SslHandler handler =
                client.newHandler(
                        client.context(verify, List.of("http/1.1")),
                        ByteBufAllocator.DEFAULT,
                        serverName,
                        port,
                        Duration.ofSeconds(20));
        Channel channel =
                new Bootstrap()
                        .group(loops)
                        .channel(NioSocketChannel.class)
                        .handler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel child) {
                                        child.pipeline().addLast(handler, new Silent());
                                    }
                                })
                        .connect(InetAddress.getLoopbackAddress(), port)
                        .sync()
                        .channel();
        try {
            handler.handshakeFuture().sync();
            return handler.applicationProtocol();
        } finally {
            channel.close().sync();
        }
    }

    private ClientTls trusting() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("root", authority.root());
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return new ClientTls(provider, trust);
    }

    /** What is wrong is told by the handshake's future. */
    private static final class Silent extends ChannelInboundHandlerAdapter {

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
