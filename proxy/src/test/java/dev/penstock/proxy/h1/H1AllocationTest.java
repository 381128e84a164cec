package dev.penstock.proxy.h1;

import static dev.penstock.proxy.h1.Messages.lines;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ResourceLeakDetector;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Heads are read and written without garbage. */
class H1AllocationTest {

    private static final int ROUNDS = 20_000;

    /** A few objects of the compiler and of warm-up; one for each head would be far more. */
    private static final long BYTES_MAX = ROUNDS / 2;

    private static final String REQUEST =
            lines(
                    "GET /api/v1/items?limit=20&offset=40 HTTP/1.1",
                    "Host: shop.example.org",
                    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101",
                    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                    "Accept-Language: en-US,en;q=0.5",
                    "Accept-Encoding: gzip, deflate, br, zstd",
                    "Connection: keep-alive",
                    "Cookie: session=0123456789abcdef; theme=dark",
                    "X-Custom: value",
                    "");

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

    private long allocated(Runnable round) {
        for (int i = 0; i < ROUNDS; i++) {
            round.run();
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUNDS; i++) {
            round.run();
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @Test
    void readsHeadsWithoutGarbage() {
        ByteBuf in = Unpooled.directBuffer().writeBytes(Messages.bytes(REQUEST));
        LoopState loop = LoopState.current();
        long bytes =
                allocated(() -> {
                    in.readerIndex(0);
                    RequestHeadParser parser = loop.requestParser(65_536, 100, 8192);
                    assert parser.feed(in) == HeadParser.Progress.DONE;
                    loop.release(parser);
                });
        in.release();
        assertThat(bytes).isLessThan(BYTES_MAX);
    }

    @Test
    void writesHeadsWithoutGarbage() {
        EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
        ChannelHandlerContext ctx = channel.pipeline().firstContext();
        MessageWriter writer = new MessageWriter(ctx);
        RequestHeadParser parser = LoopState.current().requestParser(65_536, 100, 8192);
        ByteBuf in = Unpooled.directBuffer().writeBytes(Messages.bytes(REQUEST));
        parser.feed(in);
        in.release();
        long bytes =
                allocated(() -> {
                    writer.request(parser.head, true);
                    writer.release();
                });
        channel.finishAndReleaseAll();
        assertThat(bytes).isLessThan(BYTES_MAX);
    }
}
