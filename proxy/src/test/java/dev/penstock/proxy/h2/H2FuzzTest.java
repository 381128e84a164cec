package dev.penstock.proxy.h2;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.penstock.proxy.loop.TimeoutWheel;
import dev.penstock.proxy.stream.ClientConnection;
import dev.penstock.proxy.stream.ServerLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Any bytes: nothing fails within, and what is held stays bounded. {@code JAZZER_FUZZ=1} looks for
 * new inputs; otherwise the kept ones are run.
 */
class H2FuzzTest {

    private static final int MUTATIONS = 3000;
    private static final int TABLE_SIZE = 4096;

    @FuzzTest(maxDuration = "5m")
    void headerBlocks(byte[] input) {
        HpackDecoder decoder = new HpackDecoder(TABLE_SIZE);
        try {
            decoder.decode(
                    input,
                    0,
                    input.length,
                    (_, name, nameStart, nameLength, value, valueStart, valueLength) -> {
                        assertThat(nameStart + nameLength).isLessThanOrEqualTo(name.length);
                        assertThat(valueStart + valueLength).isLessThanOrEqualTo(value.length);
                    });
        } catch (ConnectionError e) {
            assertThat(e.code()).isEqualTo(ErrorCode.COMPRESSION_ERROR);
        }
        assertThat(decoder.tableSize()).isBetween(0, TABLE_SIZE);
    }

    @FuzzTest(maxDuration = "5m")
    void clients(byte[] input) {
        EchoHandler handler = new EchoHandler();
        try (RawPeer peer = new RawPeer(false)) {
            peer.start(
                    new H2ServerConnection(
                            ServerLimits.DEFAULT,
                            Pair.INFO,
                            handler,
                            new TimeoutWheel(peer.channel.eventLoop())));
            sendInParts(peer, input);
            assertThat(handler.refused).doesNotContain("0 internal");
            peer.frames(); // each of them is whole
        }
    }

    @FuzzTest(maxDuration = "5m")
    void endpoints(byte[] input) {
        try (RawPeer peer = new RawPeer(true)) {
            H2ClientConnection client =
                    new H2ClientConnection(
                            new TimeoutWheel(peer.channel.eventLoop()),
                            new ClientConnection.Listener() {
                                @Override
                                public void onAvailable(ClientConnection connection) {}

                                @Override
                                public void onClosed(ClientConnection connection) {}
                            });
            peer.start(client);
            client.open(Pair.request("GET", "/"), true, new RecordingResponse());
            sendInParts(peer, input);
            assertThat(peer.frames())
                    .noneMatch(f -> f.equals("GOAWAY 0 " + ErrorCode.INTERNAL_ERROR));
        }
    }

    /** Conversations with a few bytes changed, so that also without a fuzzer much is tried. */
    @Test
    void changedConversationsDoNoHarm() {
        byte[] conversation = conversation();
        for (int seed = 0; seed < MUTATIONS; seed++) {
            Random random = new Random(seed);
            byte[] changed = conversation.clone();
            for (int i = random.nextInt(6); i >= 0; i--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            clients(changed);
            endpoints(changed);
            headerBlocks(changed);
        }
    }

    private static byte[] conversation() {
        ByteBuf all = Unpooled.buffer();
        ByteBuf[] frames = {
            Frames.get(1),
            Frames.settings(4, 100_000, 1, 100),
            Frames.post(3, "content-length", "20"),
            Frames.data(3, 20, true),
            Frames.number(FrameFormat.WINDOW_UPDATE, 0, 1000),
            Frames.post(5),
            Frames.frame(FrameFormat.DATA, FrameFormat.PADDED, 5, new byte[] {2, 1, 2, 0, 0}),
            Frames.headers(5, true, "grpc-status", "0"),
            Frames.frame(FrameFormat.HEADERS, 1, 7, Frames.block(":method", "GET")),
            Frames.frame(
                    FrameFormat.CONTINUATION, 4, 7, Frames.block(":path", "/", ":scheme", "http")),
            Frames.headers(1, false, ":status", "200"),
            Frames.data(1, 30, true),
            Frames.number(FrameFormat.RST_STREAM, 5, 8),
            Frames.frame(FrameFormat.PING, 0, 0, new byte[8]),
            Frames.goAway(3, 0)
        };
        for (ByteBuf frame : frames) {
            all.writeBytes(frame);
            frame.release();
        }
        return Frames.bytes(all);
    }

    private static void sendInParts(RawPeer peer, byte[] input) {
        int step = Math.max(1, input.length / 3);
        for (int at = 0; at < input.length; at += step) {
            peer.send(Unpooled.copiedBuffer(input, at, Math.min(step, input.length - at)));
        }
    }
}
