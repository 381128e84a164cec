package dev.penstock.proxy.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proxy.loop.TimeoutWheel;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ClientConnection;
import dev.penstock.proxy.stream.ClientStream;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class H2ClientConnectionTest {

    private final RawPeer peer = new RawPeer(true);
    private int closed;
    private int available;
    private final H2ClientConnection client =
            new H2ClientConnection(
                    new TimeoutWheel(peer.channel.eventLoop()),
                    new ClientConnection.Listener() {
                        @Override
                        public void onAvailable(ClientConnection connection) {
                            available++;
                        }

                        @Override
                        public void onClosed(ClientConnection connection) {
                            closed++;
                        }
                    });
    private final RecordingResponse response = new RecordingResponse();

    H2ClientConnectionTest() {
        peer.start(client);
    }

    @AfterEach
    void close() {
        peer.close();
    }

    @Test
    void interimAndFinalResponseArriveInOrder() {
        get();
        peer.send(
                Frames.headers(1, false, ":status", "103"),
                Frames.headers(1, false, ":status", "200"),
                Frames.data(1, 10, false),
                Frames.headers(1, true, "grpc-status", "0"));
        assertThat(response.events)
                .containsExactly("interim 103", "head 200", "trailers grpc-status=0");
        assertThat(client.activeStreams()).isZero();
        assertThat(available).isEqualTo(1);
    }

    @Test
    void trailersOnlyResponseEndsWithItsHead() {
        get();
        peer.send(Frames.headers(1, true, ":status", "200", "grpc-status", "5"));
        assertThat(response.events).containsExactly("head 200 end");
        assertThat(response.head.bodyLength()).isEqualTo(MessageHead.LENGTH_UNKNOWN);
    }

    @Test
    void goAwayTellsWhatWasNotProcessed() {
        get();
        RecordingResponse second = new RecordingResponse();
        client.open(Pair.request("GET", "/2"), true, second).flush();
        peer.send(Frames.goAway(1, 0));
        assertThat(second.events).containsExactly("reset NOT_PROCESSED");
        assertThat(client.availableStreams()).isZero();
        assertThat(closed).isEqualTo(1);
        peer.send(Frames.headers(1, true, ":status", "200"));
        assertThat(response.events).containsExactly("head 200 end");
        assertThat(peer.channel.isOpen()).isFalse();
        assertThat(closed).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "7, NOT_PROCESSED",
        "8, CONNECTION_LOST",
        "2, CONNECTION_LOST",
        "1, PROTOCOL",
        "0, CONNECTION_LOST"
    })
    void resetTellsWhy(int code, String error) {
        get();
        peer.send(Frames.number(FrameFormat.RST_STREAM, 1, code));
        assertThat(response.events).containsExactly("reset " + error);
        assertThat(client.activeStreams()).isZero();
    }

    @Test
    void resetAfterTheWholeAnswerIsNoError() {
        MessageHead head = Pair.request("POST", "/");
        head.bodyLength(MessageHead.LENGTH_UNKNOWN);
        ClientStream stream = client.open(head, false, response);
        peer.send(
                Frames.headers(1, true, ":status", "413"),
                Frames.number(FrameFormat.RST_STREAM, 1, 0));
        stream.sendData(Unpooled.copiedBuffer(new byte[100]), true);
        peer.frames();
        assertThat(response.events).containsExactly("head 413 end");
        assertThat(client.activeStreams()).isZero();
    }

    @Test
    void lostConnectionIsVisible() {
        get();
        peer.send(Frames.headers(1, false, ":status", "200"), Frames.data(1, 5, false));
        peer.channel.close();
        assertThat(response.events).containsExactly("head 200", "reset CONNECTION_LOST");
        assertThat(closed).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        ":status, 101",
        ":status, 20",
        ":status, 099",
        ":status, 600",
        ":path, /",
        "x-a, b",
    })
    void badStatusIsAProtocolError(String name, String value) {
        get();
        peer.send(Frames.headers(1, true, name, value));
        assertThat(response.events).containsExactly("reset PROTOCOL");
        assertThat(peer.frames()).endsWith("RST 1 " + ErrorCode.PROTOCOL_ERROR);
    }

    @ParameterizedTest
    @CsvSource({
        "transfer-encoding, chunked",
        "connection, close",
        "X-Upper, a",
        "x-a, 'a\r\nb'",
        "content-length, 5"
    })
    void badFieldIsAProtocolError(String name, String value) {
        get();
        peer.send(Frames.headers(1, true, ":status", "200", name, value));
        assertThat(response.events).containsExactly("reset PROTOCOL");
    }

    @Test
    void bodyOfAnotherLengthIsAProtocolError() {
        get();
        peer.send(
                Frames.headers(1, false, ":status", "200", "content-length", "10"),
                Frames.data(1, 4, true));
        assertThat(response.events).containsExactly("head 200", "reset PROTOCOL");
    }

    @Test
    void answerToHeadAnnouncesALengthWithoutABody() {
        client.open(Pair.request("HEAD", "/"), true, response).flush();
        peer.send(Frames.headers(1, true, ":status", "200", "content-length", "10"));
        assertThat(response.events).containsExactly("head 200 end");
        assertThat(response.head.bodyLength()).isEqualTo(10);
    }

    @Test
    void pushEndsTheConnection() {
        get();
        peer.send(Frames.frame(FrameFormat.PUSH_PROMISE, 4, 1, new byte[] {0, 0, 0, 2, -126}));
        assertThat(response.events).containsExactly("reset PROTOCOL");
        assertThat(peer.frames()).endsWith("GOAWAY 0 " + ErrorCode.PROTOCOL_ERROR);
        assertThat(closed).isEqualTo(1);
    }

    @Test
    void opensNoMoreStreamsThanThePeerAllows() {
        peer.send(Frames.settings(FrameFormat.SETTINGS_MAX_CONCURRENT_STREAMS, 2));
        get();
        assertThat(client.availableStreams()).isEqualTo(1);
        client.open(Pair.request("GET", "/2"), true, new RecordingResponse());
        assertThat(client.availableStreams()).isZero();
        peer.send(Frames.settings(FrameFormat.SETTINGS_MAX_CONCURRENT_STREAMS, 5));
        assertThat(client.availableStreams()).isEqualTo(3);
        assertThat(available).isEqualTo(1);
    }

    @Test
    void tooManyInterimResponsesAreAProtocolError() {
        get();
        for (int i = 0; i < 101; i++) {
            peer.send(Frames.headers(1, false, ":status", "103"));
        }
        assertThat(response.events).hasSize(101).last().isEqualTo("reset PROTOCOL");
    }

    private void get() {
        client.open(Pair.request("GET", "/"), true, response).flush();
        peer.frames();
    }
}
