package dev.penstock.bench.tls;

import dev.penstock.model.http.HostPattern;
import dev.penstock.model.tls.Certificate;
import dev.penstock.model.tls.TlsConfig;
import dev.penstock.tls.context.ServerCertificates;
import dev.penstock.tls.context.ServerTlsSettings;
import dev.penstock.tls.pem.SelfSigned;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A whole TLS 1.3 handshake of a new client with the listener's handler, from its first bytes to
 * the close. The client's part, which is a constant, is in the figure.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 10, time = 1)
public class HandshakeBenchmark {

    private static final String HOST = "bench.example.com";

    private final ServerCertificates certificates =
            new ServerCertificates(ServerTlsSettings.DEFAULT);
    private final SslContext client = clientContext();

    private static SslContext clientContext() {
        try {
            return SslContextBuilder.forClient()
                    .sslProvider(SslProvider.OPENSSL)
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("no context for the client", e);
        }
    }

    /** Makes the certificate. */
    @Setup
    public void setup() {
        Certificate certificate = SelfSigned.create(HOST, List.of(HOST));
        certificates.update(
                new TlsConfig(
                        new TreeMap<>(Map.of(new HostPattern(HOST), certificate)), certificate));
    }

    /** A handshake without resumption. */
    @Benchmark
    public String full() {
        EmbeddedChannel server = new EmbeddedChannel(certificates.newHandler(), new Silent());
        SslHandler handler = client.newHandler(ByteBufAllocator.DEFAULT, HOST, 443);
        EmbeddedChannel from = new EmbeddedChannel(handler, new Silent());
        // Until neither has more to say.
        for (boolean more = true; more; ) {
            more = pass(from, server);
            more |= pass(server, from);
        }
        String protocol = handler.engine().getSession().getProtocol();
        server.finishAndReleaseAll();
        from.finishAndReleaseAll();
        if (!handler.handshakeFuture().isSuccess()) {
            throw new IllegalStateException("no handshake", handler.handshakeFuture().cause());
        }
        return protocol;
    }

    private static boolean pass(EmbeddedChannel from, EmbeddedChannel to) {
        boolean any = false;
        for (ByteBuf out = from.readOutbound(); out != null; out = from.readOutbound()) {
            any = true;
            to.writeInbound(out);
        }
        from.runPendingTasks();
        to.runPendingTasks();
        return any;
    }

    /** What goes wrong is told by the handshake's future. */
    private static final class Silent extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
