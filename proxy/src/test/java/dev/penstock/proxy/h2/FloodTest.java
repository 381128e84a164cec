package dev.penstock.proxy.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proxy.loop.TimeoutWheel;
import dev.penstock.proxy.stream.ServerLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Peers that make work without wanting an answer lose their connection. */
class FloodTest {

    private static final int FRAMES = 20_000;

    private final EchoHandler handler = new EchoHandler();
    private final RawPeer peer = new RawPeer(false);

    FloodTest() {
        peer.start(
                new H2ServerConnection(
                        ServerLimits.DEFAULT,
                        Pair.INFO,
                        handler,
                        new TimeoutWheel(peer.channel.eventLoop())));
    }

    @AfterEach
    void close() {
        peer.close();
    }

    static Stream<Arguments> floods() {
        return Stream.of(
                flood("settings_flood", _ -> Frames.settings()),
                flood("ping_flood", _ -> Frames.frame(FrameFormat.PING, 0, 0, new byte[8])),
                flood("empty_data_flood", _ -> Frames.data(1, 0, false)),
                flood("priority_flood", _ -> Frames.frame(FrameFormat.PRIORITY, 0, 1, new byte[5])),
                flood("window_update_flood", _ -> Frames.number(FrameFormat.WINDOW_UPDATE, 0, 1)),
                flood("unknown_frame_flood", _ -> Frames.frame(0x7b, 0, 0, new byte[8])),
                flood("reset_flood", _ -> Frames.number(FrameFormat.RST_STREAM, 1, 8)));
    }

    private static Arguments flood(String reason, IntFunction<ByteBuf> frame) {
        return Arguments.of(reason, frame);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("floods")
    void floodOfFramesClosesTheConnection(String reason, IntFunction<ByteBuf> frame) {
        peer.send(Frames.post(1));
        if (reason.equals("reset_flood")) {
            peer.send(Frames.number(FrameFormat.RST_STREAM, 1, 8));
        }
        flood(frame);
        assertCalm(reason);
    }

    @Test
    void rapidResetReachesTheHandlerAtMostAHundredTimes() {
        for (int id = 1; id < 10_000 && handler.refused.isEmpty(); id += 2) {
            peer.send(Frames.post(id), Frames.number(FrameFormat.RST_STREAM, id, 8));
        }
        assertCalm("rapid_reset");
        assertThat(handler.requests).isLessThanOrEqualTo(100);
    }

    @Test
    void makingUsResetReachesTheHandlerAtMostAHundredTimes() {
        for (int id = 1; id < 10_000 && handler.refused.isEmpty(); id += 2) {
            peer.send(Frames.post(id), Frames.number(FrameFormat.WINDOW_UPDATE, id, 0));
        }
        assertCalm("made_reset");
        assertThat(handler.requests).isLessThanOrEqualTo(100);
    }

    @Test
    void overflowingWindowsReachesTheHandlerAtMostAHundredTimes() {
        for (int id = 1; id < 10_000 && handler.refused.isEmpty(); id += 2) {
            peer.send(
                    Frames.post(id),
                    Frames.number(FrameFormat.WINDOW_UPDATE, id, Integer.MAX_VALUE));
        }
        assertCalm("made_reset");
        assertThat(handler.requests).isLessThanOrEqualTo(100);
    }

    @Test
    void continuationsAreBoundedInNumberAlsoWhenTheyAreEmpty() {
        peer.send(Frames.frame(FrameFormat.HEADERS, 0, 1, Frames.block(":method", "GET")));
        for (int i = 0; i < 33; i++) {
            assertThat(handler.refused).isEmpty();
            peer.send(Frames.frame(FrameFormat.CONTINUATION, 0, 1));
        }
        assertCalm("continuation_flood");
    }

    @Test
    void continuationsAreBoundedInBytes() {
        byte[] part = new byte[16_000];
        peer.send(Frames.frame(FrameFormat.HEADERS, 0, 1, part));
        for (int i = 0; i < 4; i++) {
            assertThat(handler.refused).isEmpty();
            peer.send(Frames.frame(FrameFormat.CONTINUATION, 0, 1, part));
        }
        assertCalm("continuation_flood");
    }

    @Test
    void streamsBeyondTheLimitAreRefusedAndThenTheConnection() {
        for (int id = 1; id < 4000 && handler.refused.isEmpty(); id += 2) {
            peer.send(Frames.post(id));
        }
        assertThat(handler.requests).isEqualTo(ServerLimits.DEFAULT.concurrentStreamsMax());
        List<String> frames = peer.frames();
        assertThat(frames).contains("RST 201 " + ErrorCode.REFUSED_STREAM);
        assertThat(frames.getLast()).startsWith("GOAWAY").endsWith(" 11");
    }

    @Test
    void bombOfIndexedFieldsIsRefusedBeforeItIsExpanded() {
        ByteBuf block = Unpooled.buffer();
        block.writeBytes(Frames.block(":method", "GET", ":scheme", "http", ":path", "/"));
        block.writeByte(0x40);
        Frames.text(block, "x-bomb");
        Frames.text(block, "b".repeat(4000));
        for (int i = 0; i < 3000; i++) {
            block.writeByte(0x80 | 62);
        }
        peer.send(Frames.frame(FrameFormat.HEADERS, 5, 1, Frames.bytes(block)));
        assertThat(peer.frames()).containsExactly("HEADERS 1 431 end");
        assertThat(handler.requests).isZero();
        // the table is still that of the peer
        ByteBuf next = Unpooled.buffer();
        next.writeBytes(
                Frames.block(":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a"));
        next.writeByte(0x80 | 62);
        peer.send(Frames.frame(FrameFormat.HEADERS, 5, 3, Frames.bytes(next)));
        assertThat(peer.frames()).containsExactly("HEADERS 3 200", "DATA 3 5 end");
    }

    @Test
    void bombOfCookieCrumbsIsRefused() {
        ByteBuf block = Unpooled.buffer();
        block.writeBytes(Frames.block(":method", "GET", ":scheme", "http", ":path", "/"));
        block.writeByte(0x40);
        Frames.text(block, "cookie");
        Frames.text(block, "c".repeat(4000));
        for (int i = 0; i < 3000; i++) {
            block.writeByte(0x80 | 62);
        }
        peer.send(Frames.frame(FrameFormat.HEADERS, 5, 1, Frames.bytes(block)));
        assertThat(peer.frames()).containsExactly("HEADERS 1 431 end");
        assertThat(handler.requests).isZero();
    }

    @Test
    void bombsInARowCloseTheConnection() {
        byte[] block =
                Frames.block(
                        ":method",
                        "GET",
                        ":path",
                        "/",
                        "x",
                        "y".repeat(16_000).toUpperCase(Locale.ROOT));
        ByteBuf big = Unpooled.buffer().writeBytes(block).writeByte(0x40);
        Frames.text(big, "x-bomb");
        Frames.text(big, "");
        for (int i = 0; i < 200; i++) {
            big.writeByte(0x80 | 62);
        }
        byte[] bomb = new byte[big.readableBytes() - block.length];
        big.getBytes(block.length, bomb);
        big.release();
        for (int id = 1; id < 1000 && peer.channel.isOpen(); id += 2) {
            peer.send(Frames.frame(FrameFormat.HEADERS, 5, id, bomb));
            if (handler.refused.contains("0 refused_flood")) {
                break;
            }
        }
        assertCalm("refused_flood");
    }

    private void flood(IntFunction<ByteBuf> frame) {
        for (int i = 0; i < FRAMES && handler.refused.isEmpty(); i += 100) {
            ByteBuf[] burst = new ByteBuf[100];
            for (int j = 0; j < 100; j++) {
                burst[j] = frame.apply(i + j);
            }
            peer.send(burst);
        }
    }

    private void assertCalm(String reason) {
        assertThat(handler.refused).contains("0 " + reason);
        assertThat(peer.frames().getLast())
                .startsWith("GOAWAY ")
                .endsWith(" " + ErrorCode.ENHANCE_YOUR_CALM);
        // The peer has a moment to read it; whatever else it sends is thrown away.
        int before = handler.requests;
        peer.send(Frames.get(99_999));
        assertThat(handler.requests).isEqualTo(before);
        peer.channel.advanceTimeBy(1, java.util.concurrent.TimeUnit.SECONDS);
    }
}
