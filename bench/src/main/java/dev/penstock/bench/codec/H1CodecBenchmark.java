package dev.penstock.bench.codec;

import dev.penstock.proxy.h1.H1ClientConnection;
import dev.penstock.proxy.h1.H1ServerConnection;
import dev.penstock.proxy.loop.TimeoutWheel;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ClientConnection;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.MessageReceiver;
import dev.penstock.proxy.stream.RequestHandler;
import dev.penstock.proxy.stream.ResponseReceiver;
import dev.penstock.proxy.stream.ServerLimits;
import dev.penstock.proxy.stream.ServerStream;
import dev.penstock.proxy.stream.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A browser's request and a short answer, on a channel without a socket: what the codec and the
 * channel's pipeline cost, without system calls. Run with {@code -prof gc} for the garbage.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class H1CodecBenchmark {

    private static final String REQUEST =
            String.join(
                    "\r\n",
                    "GET /api/v1/items?limit=20&offset=40 HTTP/1.1",
                    "Host: shop.example.org",
                    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101",
                    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                    "Accept-Language: en-US,en;q=0.5",
                    "Accept-Encoding: gzip, deflate, br, zstd",
                    "Connection: keep-alive",
                    "Cookie: session=0123456789abcdef; theme=dark",
                    "Sec-Fetch-Dest: document",
                    "Sec-Fetch-Mode: navigate",
                    "",
                    "");
    private static final String ANSWER =
            String.join(
                    "\r\n",
                    "HTTP/1.1 200 OK",
                    "Date: Sun, 06 Nov 1994 08:49:37 GMT",
                    "Content-Type: application/json",
                    "Content-Length: 17",
                    "Cache-Control: no-store",
                    "",
                    "{\"answer\": \"yes\"}");

    private final Fixture fixture = new Fixture();

    /** A request is read, and an answer with a body written. */
    @Benchmark
    public int serverSide() {
        return exchange(fixture.server, fixture.request);
    }

    /** A request is written, and an answer with a body read. */
    @Benchmark
    public int clientSide() {
        fixture.client.open(fixture.head, true, fixture.sink).flush();
        return exchange(fixture.endpoint, fixture.answer);
    }

    /** Keeps the channels until the trial is over. */
    @Setup
    public void setUp() {
        fixture.endpoint.pipeline().addLast(fixture.client);
    }

    @TearDown
    public void tearDown() {
        fixture.server.finishAndReleaseAll();
        fixture.endpoint.finishAndReleaseAll();
        fixture.request.release();
        fixture.answer.release();
    }

    private static int exchange(EmbeddedChannel channel, ByteBuf in) {
        channel.writeInbound(in.retainedDuplicate());
        int written = 0;
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            written += out.readableBytes();
            out.release();
        }
        return written;
    }

    private static final class Fixture {

        private final EmbeddedChannel server = new EmbeddedChannel();
        private final EmbeddedChannel endpoint = new EmbeddedChannel();
        private final H1ClientConnection client = new H1ClientConnection(new NoPool());
        private final ByteBuf request = buffer(REQUEST);
        private final ByteBuf answer = buffer(ANSWER);
        private final MessageHead head = new MessageHead();
        private final Sink sink = new Sink();

        private Fixture() {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
            ConnectionInfo info = new ConnectionInfo(address, address, address, false, null, false);
            TimeoutWheel wheel = new TimeoutWheel(server.eventLoop());
            server.pipeline()
                    .addLast(
                            new H1ServerConnection(
                                    ServerLimits.DEFAULT, info, new Answering(), wheel));
            head.method(head.append("GET"), 3);
            head.path(head.append("/api/v1/items"), 13);
            head.authority(head.append("shop.example.org"), 16);
            head.addField("accept", "text/html,application/xhtml+xml");
            head.addField("x-request-id", "0123456789abcdef0123456789abcdef");
        }

        private static ByteBuf buffer(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            return PooledByteBufAllocator.DEFAULT.directBuffer(bytes.length).writeBytes(bytes);
        }
    }

    private static final class Answering implements RequestHandler {

        private final MessageHead head = new MessageHead();
        private final Sink sink = new Sink();
        private final ByteBuf body =
                Unpooled.unreleasableBuffer(
                        Unpooled.copiedBuffer("{\"answer\": \"yes\"}", StandardCharsets.US_ASCII));

        private Answering() {
            head.status(200);
            head.bodyLength(body.readableBytes());
            head.addField("content-type", "application/json");
            head.addField("cache-control", "no-store");
        }

        @Override
        public MessageReceiver onRequest(ServerStream stream, MessageHead request, boolean end) {
            stream.sendHead(head, false);
            stream.sendData(body.duplicate(), true);
            stream.flush();
            return sink;
        }

        @Override
        public void onRefused(ConnectionInfo connection, int status, String reason) {
            throw new IllegalStateException(reason);
        }
    }

    private static final class Sink implements ResponseReceiver {

        @Override
        public void onInterim(MessageHead head) {}

        @Override
        public void onHead(MessageHead head, boolean end) {}

        @Override
        public void onData(ByteBuf data) {
            data.release();
        }

        @Override
        public void onTrailers(MessageHead trailers) {}

        @Override
        public void onEnd() {}

        @Override
        public void onReset(StreamError error) {
            throw new IllegalStateException(error.name());
        }

        @Override
        public void onWritable() {}
    }

    private static final class NoPool implements ClientConnection.Listener {

        @Override
        public void onAvailable(ClientConnection connection) {}

        @Override
        public void onClosed(ClientConnection connection) {}
    }
}
