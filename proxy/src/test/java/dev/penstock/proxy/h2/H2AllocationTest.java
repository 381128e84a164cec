package dev.penstock.proxy.h2;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.penstock.proxy.loop.TimeoutWheel;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.MessageReceiver;
import dev.penstock.proxy.stream.RequestHandler;
import dev.penstock.proxy.stream.ServerLimits;
import dev.penstock.proxy.stream.ServerStream;
import dev.penstock.proxy.stream.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ResourceLeakDetector;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A request and its answer make a stream and little else. */
class H2AllocationTest {

    private static final int ROUNDS = 20_000;
    private static final int BYTES_A_REQUEST_MAX = 500;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();

    @BeforeEach
    void stopTracking() {
        // Tracking each buffer is garbage of the test's own.
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @AfterEach
    void trackAgain() {
        ResourceLeakDetector.setLevel(level);
    }

    @Test
    void requestAndAnswerMakeLittleGarbage() {
        EmbeddedChannel channel = new EmbeddedChannel(new Sink());
        channel.pipeline()
                .addLast(
                        new H2ServerConnection(
                                ServerLimits.DEFAULT,
                                Pair.INFO,
                                new Answer(),
                                new TimeoutWheel(channel.eventLoop())));
        ByteBuf hello = Unpooled.buffer();
        hello.writeBytes(Frames.PREFACE.getBytes(StandardCharsets.US_ASCII));
        hello.writeBytes(Frames.settings());
        channel.writeInbound(hello);
        ByteBuf request = Unpooled.directBuffer().writeBytes(Frames.get(1));
        rounds(channel, request, 1);
        long before = threads.getCurrentThreadAllocatedBytes();
        rounds(channel, request, 1 + 2 * ROUNDS);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        request.release();
        channel.close();
        assertThat(bytes / ROUNDS).isLessThan(BYTES_A_REQUEST_MAX);
    }

    private static void rounds(EmbeddedChannel channel, ByteBuf request, int firstId) {
        for (int i = 0; i < ROUNDS; i++) {
            request.readerIndex(0).setInt(5, firstId + 2 * i);
            channel.pipeline().fireChannelRead(request.retain());
            channel.pipeline().fireChannelReadComplete();
        }
    }

    private static final class Sink extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
        }
    }

    private static final class Answer implements RequestHandler, MessageReceiver {

        private final MessageHead head = new MessageHead();
        private final ByteBuf body = Unpooled.directBuffer(1000).writeZero(1000);

        @Override
        public MessageReceiver onRequest(ServerStream stream, MessageHead request, boolean end) {
            head.clear();
            head.status(200);
            head.bodyLength(1000);
            head.addField("content-type", "text/plain");
            stream.sendHead(head, false);
            stream.sendData(body.retain().readerIndex(0), true);
            stream.flush();
            return this;
        }

        @Override
        public void onRefused(ConnectionInfo connection, int status, String reason) {}

        @Override
        public void onData(ByteBuf data) {
            data.release();
        }

        @Override
        public void onTrailers(MessageHead trailers) {}

        @Override
        public void onEnd() {}

        @Override
        public void onReset(StreamError error) {}

        @Override
        public void onWritable() {}
    }
}
