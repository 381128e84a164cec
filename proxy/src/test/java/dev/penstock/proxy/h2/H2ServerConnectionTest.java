package dev.penstock.proxy.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proxy.loop.TimeoutWheel;
import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ServerLimits;
import dev.penstock.proxy.stream.ServerStream;
import dev.penstock.proxy.stream.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class H2ServerConnectionTest {

    private static final String[] GET = {
        ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "example.com"
    };

    private final RecordingHandler handler = new RecordingHandler();
    private final RawPeer peer = new RawPeer(false);
    private final H2ServerConnection server = server(ServerLimits.DEFAULT);

    private H2ServerConnection server(ServerLimits limits) {
        H2ServerConnection connection =
                new H2ServerConnection(
                        limits, Pair.INFO, handler, new TimeoutWheel(peer.channel.eventLoop()));
        peer.start(connection);
        return connection;
    }

    @AfterEach
    void close() {
        peer.close();
    }

    // ---- requests

    @ParameterizedTest
    @CsvSource({
        "x-a, 'a\rb'",
        "x-a, 'a\nb'",
        "x-a, 'a\0b'",
        "x-a, ' a'",
        "x-a, 'a '",
        "X-A, a",
        "'x a', a",
        "'x:a', a",
        "'', a",
        "connection, close",
        "keep-alive, 5",
        "proxy-connection, close",
        "transfer-encoding, chunked",
        "upgrade, websocket",
        "te, gzip",
        "content-length, 5",
        "content-length, -1",
        "content-length, '1, 1'",
        "host, other.com",
        ":path, /late",
        ":status, 200",
        ":protocol, websocket"
    })
    void malformedFieldResetsTheStream(String name, String value) {
        peer.send(with(name, value));
        assertThat(peer.frames()).containsExactly("RST 1 " + ErrorCode.PROTOCOL_ERROR);
        assertThat(handler.events).hasSize(1).first().asString().startsWith("refused 0 ");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, http, /, '', 400",
        "GET, http, /, user@example.com, 400",
        "GET, http, /, exa mple.com, 400",
        "GET, http, /, example.com/x, 400",
        "GET, ftp, /, example.com, 400",
        "GET, http, x, example.com, 400",
        "GET, http, *, example.com, 400",
        "GET, http, '/a b', example.com, 400",
        "GET, http, '/a\r\nb', example.com, -",
        "CONNECT, http, /, example.com, 501"
    })
    void badTargetIsAnsweredWithItsStatus(
            String method, String scheme, String path, String authority, String status) {
        peer.send(
                Frames.headers(
                        1,
                        true,
                        ":method",
                        method,
                        ":scheme",
                        scheme,
                        ":path",
                        path,
                        ":authority",
                        authority));
        assertThat(peer.frames())
                .containsExactly(status.equals("-") ? "RST 1 1" : "HEADERS 1 " + status + " end");
        assertThat(handler.streams).isEmpty();
    }

    @Test
    void limitsOfTheHeadHoldToTheByte() {
        int target = ServerLimits.DEFAULT.targetBytesMax();
        peer.send(target(1, target), target(3, target + 1));
        assertThat(peer.frames()).containsExactly("HEADERS 3 414 end");
        assertThat(handler.streams).hasSize(1);
    }

    @Test
    void fieldsBeyondTheLimitAreRefused() {
        peer.send(
                Frames.headers(1, true, withFields(100)), Frames.headers(3, true, withFields(101)));
        assertThat(peer.frames()).containsExactly("HEADERS 3 431 end");
        assertThat(handler.streams).hasSize(1);
    }

    @Test
    void hostTakesThePlaceOfAMissingAuthority() {
        peer.send(
                Frames.headers(
                        1, true, ":method", "GET", ":scheme", "https", ":path", "/", "host",
                        "h:1"));
        assertThat(handler.head.authority()).isEqualTo("h:1");
        assertThat(handler.head.secure()).isFalse();
        assertThat(handler.head.fieldCount()).isZero();
    }

    @Test
    void cookieCrumbsBecomeOneField() {
        peer.send(with("cookie", "a=1", "x-y", "z", "cookie", "b=2", "cookie", "c=3"));
        assertThat(handler.head.value(HeaderName.COOKIE)).isEqualTo("a=1; b=2; c=3");
        assertThat(handler.head.fieldCount()).isEqualTo(2);
    }

    @Test
    void fieldsThatWouldBeTakenForOursAreDropped() {
        peer.send(
                with(
                        "proxy",
                        "x",
                        "x_forwarded_for",
                        "1.2.3.4",
                        "x_other",
                        "kept",
                        "te",
                        "trailers"));
        assertThat(handler.head.fieldCount()).isEqualTo(1);
        assertThat(handler.head.teTrailers()).isTrue();
    }

    @Test
    void bodyMustBeAsLongAsAnnounced() {
        peer.send(Frames.post(1, "content-length", "10"), Frames.data(1, 4, true));
        peer.send(Frames.post(3, "content-length", "10"), Frames.data(3, 11, false));
        assertThat(peer.frames()).containsExactly("RST 1 1", "RST 3 1");
        assertThat(handler.events)
                .containsExactly("POST /", "data 4", "reset PROTOCOL", "POST /", "reset PROTOCOL");
    }

    @Test
    void trailersEndTheRequestAndMayNotFrameIt() {
        peer.send(Frames.post(1), Frames.headers(1, true, "x-sum", "1", "date", "dropped"));
        peer.send(Frames.post(3), Frames.headers(3, true, "content-length", "1"));
        assertThat(handler.events)
                .containsExactly("POST /", "trailers 1", "POST /", "reset PROTOCOL");
    }

    @Test
    void framesCutAnywhereAreReadAlike() {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf frame :
                List.of(
                        Frames.post(1, "content-length", "700"),
                        Frames.frame(FrameFormat.DATA, FrameFormat.PADDED, 1, padded(500, 30)),
                        Frames.frame(0x7b, 0, 1, new byte[20]),
                        Frames.data(1, 200, true))) {
            all.writeBytes(frame);
            frame.release();
        }
        while (all.isReadable()) {
            peer.send(all.readBytes(Math.min(7, all.readableBytes())));
        }
        all.release();
        int length =
                handler.events.stream()
                        .filter(e -> e.startsWith("data "))
                        .mapToInt(e -> Integer.parseInt(e.substring(5)))
                        .sum();
        assertThat(length).isEqualTo(700);
        assertThat(handler.events).startsWith("POST /").endsWith("end");
    }

    // ---- responses

    @Test
    void responseBeforeTheRequestEndsStopsTheUpload() {
        peer.send(Frames.post(1));
        answer(413, 0, true);
        assertThat(peer.frames()).containsExactly("HEADERS 1 413 end", "RST 1 0");
        peer.send(Frames.data(1, 1000, true));
        assertThat(peer.frames()).isEmpty();
        assertThat(handler.events).containsExactly("POST /");
    }

    @Test
    void bodyShortOfItsLengthResetsTheStream() {
        peer.send(Frames.get(1));
        answer(200, 10, false);
        handler.streams.getFirst().sendData(Unpooled.copiedBuffer(new byte[4]), true);
        assertThat(peer.frames())
                .containsExactly("HEADERS 1 200", "RST 1 " + ErrorCode.INTERNAL_ERROR);
        assertThat(handler.events).endsWith("reset INTERNAL");
    }

    @Test
    void truncatedResponseIsVisible() {
        peer.send(Frames.get(1));
        answer(200, MessageHead.LENGTH_UNKNOWN, false);
        handler.streams.getFirst().sendData(Unpooled.copiedBuffer(new byte[4]), false);
        handler.streams.getFirst().reset(StreamError.CONNECTION_LOST);
        assertThat(peer.frames())
                .containsExactly("HEADERS 1 200", "DATA 1 4", "RST 1 " + ErrorCode.INTERNAL_ERROR);
    }

    @Test
    void interimResponsesComeFirst() {
        peer.send(Frames.get(1));
        MessageHead early = new MessageHead();
        early.status(103);
        handler.streams.getFirst().sendInterim(early);
        answer(200, 0, true);
        assertThat(peer.frames()).containsExactly("HEADERS 1 103", "HEADERS 1 200 end");
    }

    @Test
    void framesHoldNoMoreThanThePeerAllows() {
        peer.send(Frames.get(1));
        answer(200, MessageHead.LENGTH_UNKNOWN, false);
        handler.streams.getFirst().sendData(Unpooled.wrappedBuffer(new byte[40_000]), true);
        handler.streams.getFirst().flush();
        assertThat(peer.frames())
                .containsExactly(
                        "HEADERS 1 200", "DATA 1 16384", "DATA 1 16384", "DATA 1 7232 end");
    }

    @Test
    void streamsTakeTurnsWhenTheWindowIsShort() {
        for (int id = 1; id <= 5; id += 2) {
            peer.send(Frames.get(id));
            answer(200, MessageHead.LENGTH_UNKNOWN, false);
        }
        peer.frames();
        for (ServerStream stream : handler.streams) {
            stream.sendData(Unpooled.wrappedBuffer(new byte[70_000]), true);
            stream.flush();
        }
        assertThat(peer.frames())
                .containsExactly("DATA 1 16384", "DATA 3 16384", "DATA 5 16384", "DATA 1 16383");
        peer.send(Frames.number(FrameFormat.WINDOW_UPDATE, 0, 40_000));
        assertThat(peer.frames()).containsExactly("DATA 3 16384", "DATA 5 16384", "DATA 1 7232");
    }

    @Test
    void closedWindowHoldsLittleAndTellsWhenItOpens() {
        peer.send(Frames.settings(FrameFormat.SETTINGS_INITIAL_WINDOW_SIZE, 0), Frames.get(1));
        answer(200, MessageHead.LENGTH_UNKNOWN, false);
        ServerStream stream = handler.streams.getFirst();
        int held = 0;
        while (stream.isWritable()) {
            stream.sendData(Unpooled.wrappedBuffer(new byte[8192]), false);
            held += 8192;
        }
        stream.flush();
        assertThat(held).isLessThanOrEqualTo(64 * 1024);
        peer.frames();
        peer.send(Frames.number(FrameFormat.WINDOW_UPDATE, 1, 60_000));
        assertThat(handler.writable).isEqualTo(1);
        assertThat(stream.isWritable()).isTrue();
    }

    @Test
    void windowIsGivenBackWhenDataAreTakenOnly() {
        peer.send(Frames.post(1));
        handler.streams.getFirst().pauseReading();
        for (int i = 0; i < 4; i++) {
            peer.send(Frames.data(1, 16_000, false));
        }
        assertThat(peer.frames()).isEmpty();
        assertThat(handler.events).containsExactly("POST /");
        handler.streams.getFirst().resumeReading();
        assertThat(peer.frames()).containsExactly("WINDOW 1 48000");
        assertThat(handler.events).hasSize(5);
    }

    @Test
    void sendingBeyondTheWindowIsAnError() {
        peer.send(Frames.post(1));
        handler.streams.getFirst().pauseReading();
        for (int i = 0; i < 5; i++) {
            peer.send(Frames.data(1, 16_000, false));
        }
        assertThat(peer.frames()).containsExactly("RST 1 " + ErrorCode.FLOW_CONTROL_ERROR);
    }

    // ---- the end

    @Test
    void drainTakesWhatIsOnItsWayAndEndsWithTheLastStream() {
        peer.send(Frames.get(1));
        server.drain();
        assertThat(peer.frames())
                .hasSize(2)
                .first()
                .isEqualTo("GOAWAY " + Integer.MAX_VALUE + " 0");
        peer.send(Frames.get(3));
        peer.send(
                Frames.frame(
                        FrameFormat.PING,
                        FrameFormat.ACK,
                        0,
                        Frames.bytes(Unpooled.buffer().writeLong(0x7065_6e73_746f_636bL))));
        assertThat(peer.frames()).containsExactly("GOAWAY 3 0");
        peer.send(Frames.get(5));
        assertThat(handler.streams).hasSize(2);
        answer(200, 0, true);
        assertThat(peer.channel.isOpen()).isTrue();
        handler.streams.removeLast();
        answer(200, 0, true);
        peer.frames();
        assertThat(peer.channel.isOpen()).isFalse();
    }

    @Test
    void idleConnectionDrainsAtOnce() {
        server.drain();
        peer.send(
                Frames.frame(
                        FrameFormat.PING,
                        FrameFormat.ACK,
                        0,
                        Frames.bytes(Unpooled.buffer().writeLong(0x7065_6e73_746f_636bL))));
        assertThat(peer.frames()).last().isEqualTo("GOAWAY 0 0");
        assertThat(peer.channel.isOpen()).isFalse();
    }

    @Test
    void lostConnectionCancelsItsStreams() {
        peer.send(Frames.post(1));
        peer.channel.close();
        assertThat(handler.events).containsExactly("POST /", "reset CANCELLED");
    }

    @Test
    void connectionWithoutARequestIsClosedInTime() {
        try (RawPeer slow = new RawPeer(false)) {
            slow.start(
                    new H2ServerConnection(
                            limits(Duration.ofMillis(100), Duration.ofSeconds(60)),
                            Pair.INFO,
                            handler,
                            new TimeoutWheel(slow.channel.eventLoop())));
            awaitFrame(slow, "GOAWAY 0 0");
        }
        assertThat(handler.events).containsExactly("refused 0 head_timeout");
    }

    @Test
    void stalledStreamIsReset() {
        try (RawPeer slow = new RawPeer(false)) {
            slow.start(
                    new H2ServerConnection(
                            limits(Duration.ofSeconds(20), Duration.ofMillis(200)),
                            Pair.INFO,
                            handler,
                            new TimeoutWheel(slow.channel.eventLoop())));
            slow.send(Frames.settings(FrameFormat.SETTINGS_INITIAL_WINDOW_SIZE, 0), Frames.get(1));
            answer(200, MessageHead.LENGTH_UNKNOWN, false);
            handler.streams.getFirst().sendData(Unpooled.wrappedBuffer(new byte[5000]), true);
            awaitFrame(slow, "RST 1 " + ErrorCode.CANCEL);
        }
        assertThat(handler.events).endsWith("reset TIMEOUT");
    }

    private static void awaitFrame(RawPeer peer, String frame) {
        Awaitility.await()
                .atMost(10, TimeUnit.SECONDS)
                .until(() -> {
                    peer.channel.runScheduledPendingTasks();
                    return peer.frames().contains(frame);
                });
    }

    private static ServerLimits limits(Duration headTimeout, Duration stalled) {
        ServerLimits d = ServerLimits.DEFAULT;
        return new ServerLimits(
                d.headBytesMax(),
                d.fieldsMax(),
                d.targetBytesMax(),
                headTimeout,
                d.keepAliveTimeout(),
                d.drainTimeout(),
                d.requestsMax(),
                d.concurrentStreamsMax(),
                d.streamWindow(),
                stalled);
    }

    private void answer(int status, long length, boolean end) {
        MessageHead head = new MessageHead();
        head.status(status);
        head.bodyLength(length);
        handler.streams.getLast().sendHead(head, end);
        handler.streams.getLast().flush();
    }

    private static ByteBuf with(String... more) {
        String[] all = new String[GET.length + more.length];
        System.arraycopy(GET, 0, all, 0, GET.length);
        System.arraycopy(more, 0, all, GET.length, more.length);
        return Frames.headers(1, true, all);
    }

    private static ByteBuf target(int id, int length) {
        return Frames.headers(
                id,
                true,
                ":method",
                "GET",
                ":scheme",
                "http",
                ":path",
                "/" + "a".repeat(length - 1),
                ":authority",
                "a");
    }

    private static String[] withFields(int count) {
        String[] all = new String[GET.length + 2 * count];
        System.arraycopy(GET, 0, all, 0, GET.length);
        for (int i = 0; i < count; i++) {
            all[GET.length + 2 * i] = "x-" + i;
            all[GET.length + 2 * i + 1] = "v";
        }
        return all;
    }

    private static byte[] padded(int length, int padding) {
        byte[] payload = new byte[1 + length + padding];
        payload[0] = (byte) padding;
        return payload;
    }
}
