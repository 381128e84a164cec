package dev.penstock.proxy.h1;

import static dev.penstock.proxy.h1.Messages.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ClientConnection;
import dev.penstock.proxy.stream.ClientStream;
import dev.penstock.proxy.stream.StreamError;
import org.junit.jupiter.api.Test;

class H1ClientConnectionTest {

    private static final String OK =
            lines("HTTP/1.1 200 OK", "Content-Length: 2", "X: y", "") + "hi";

    private final Wire.Pool pool = new Wire.Pool();
    private final RecordingReceiver receiver = new RecordingReceiver();

    private ClientStream get(Wire wire) {
        ClientStream stream =
                wire.client().open(Messages.request("GET", "a", "/x?y", 0), true, receiver);
        stream.flush();
        return stream;
    }

    private ClientStream post(Wire wire, long length) {
        ClientStream stream =
                wire.client().open(Messages.request("POST", "a", "/", length), false, receiver);
        stream.flush();
        return stream;
    }

    @Test
    void writesARequestAndReadsItsAnswer() {
        try (Wire wire = Wire.client(pool)) {
            get(wire);
            assertThat(wire.answer()).isEqualTo("GET /x?y HTTP/1.1\r\nhost: a\r\n\r\n");
            assertThat(wire.client().availableStreams()).isZero();
            assertThat(wire.client().activeStreams()).isEqualTo(1);
            wire.sendByByte(OK);
            assertThat(receiver.events).containsExactly("200 length=2 X=y;", "body hi", "end");
            assertThat(pool.events).containsExactly("available");
            assertThat(wire.client().availableStreams()).isEqualTo(1);
            get(wire);
            assertThat(wire.client().openedStreams()).isEqualTo(2);
        }
    }

    @Test
    void writesBodiesOfLengthAndInChunks() {
        try (Wire wire = Wire.client(pool)) {
            ClientStream stream = post(wire, 5);
            stream.sendData(Wire.buffer("hel"), false);
            stream.sendData(Wire.buffer("lo"), true);
            assertThat(wire.answer())
                    .isEqualTo("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello");
            wire.send(OK);
            stream = post(wire, MessageHead.LENGTH_UNKNOWN);
            stream.sendData(Wire.buffer("hello"), false);
            MessageHead trailers = new MessageHead();
            trailers.addField("X-T", "v");
            stream.sendTrailers(trailers);
            assertThat(wire.answer())
                    .isEqualTo(
                            lines(
                                    "POST / HTTP/1.1",
                                    "host: a",
                                    "transfer-encoding: chunked",
                                    "",
                                    "5",
                                    "hello",
                                    "0",
                                    "X-T: v",
                                    ""));
        }
    }

    @Test
    void writesWhatTheHeadSaysOfTheConnection() {
        try (Wire wire = Wire.client(pool)) {
            MessageHead head = Messages.request("GET", "a", "/", 0);
            head.teTrailers(true);
            head.addField("X", "y");
            head.upgrade(head.append("websocket"), 9);
            wire.client().open(head, true, receiver).flush();
            assertThat(wire.answer())
                    .isEqualTo(
                            lines(
                                    "GET / HTTP/1.1",
                                    "host: a",
                                    "X: y",
                                    "connection: upgrade, te",
                                    "upgrade: websocket",
                                    "te: trailers",
                                    ""));
        }
    }

    @Test
    void isNotUsedAgainAfterAnAnswerThatCameBeforeTheRequestWasWhole() {
        try (Wire wire = Wire.client(pool)) {
            ClientStream stream = post(wire, 10);
            wire.send(OK);
            assertThat(receiver.events).containsExactly("200 length=2 X=y;", "body hi", "end");
            assertThat(wire.client().activeStreams()).isEqualTo(1);
            stream.sendData(Wire.buffer("0123456789"), true);
            assertThat(pool.events).containsExactly("closed");
            assertThat(wire.isOpen()).isFalse();
        }
    }

    @Test
    void tellsARequestThatCannotHaveBeenProcessedFromOneThatMay() {
        try (Wire wire = Wire.client(pool)) {
            get(wire);
            wire.channel.close();
            assertThat(receiver.events).containsExactly("reset CONNECTION_LOST");
        }
        receiver.events.clear();
        try (Wire wire = Wire.client(pool)) {
            get(wire);
            wire.send(OK);
            receiver.events.clear();
            get(wire);
            wire.channel.close();
            assertThat(receiver.events).containsExactly("reset NOT_PROCESSED");
        }
        receiver.events.clear();
        try (Wire wire = Wire.client(pool)) {
            get(wire);
            wire.send(OK);
            receiver.events.clear();
            get(wire);
            wire.send("H");
            wire.channel.close();
            assertThat(receiver.events).containsExactly("reset CONNECTION_LOST");
            assertThat(pool.events).endsWith("available", "closed");
        }
    }

    @Test
    void closesWhenBytesComeThatNobodyAskedFor() {
        try (Wire wire = Wire.client(pool)) {
            wire.send(OK);
            assertThat(pool.events).containsExactly("closed");
            assertThat(wire.isOpen()).isFalse();
            assertThat(receiver.events).isEmpty();
        }
    }

    @Test
    void tellsThePoolWhenTheEndpointClosesAnIdleConnection() {
        try (Wire wire = Wire.client(pool)) {
            get(wire);
            wire.send(OK);
            wire.channel.close();
            assertThat(pool.events).containsExactly("available", "closed");
        }
    }

    @Test
    void aPoolMayOpenTheNextStreamWhileItIsTold() {
        RecordingReceiver second = new RecordingReceiver();
        Wire.Pool eager =
                new Wire.Pool() {
                    @Override
                    public void onAvailable(ClientConnection connection) {
                        super.onAvailable(connection);
                        if (events.size() == 1) {
                            MessageHead head = Messages.request("GET", "a", "/2", 0);
                            connection.open(head, true, second).flush();
                        }
                    }
                };
        try (Wire wire = Wire.client(eager)) {
            get(wire);
            wire.send(OK);
            assertThat(wire.answer()).endsWith("GET /2 HTTP/1.1\r\nhost: a\r\n\r\n");
            wire.send(OK);
            assertThat(second.events).containsExactly("200 length=2 X=y;", "body hi", "end");
        }
    }

    @Test
    void tunnelsAfterAnUpgradeThatWasAskedFor() {
        try (Wire wire = Wire.client(pool)) {
            MessageHead head = Messages.request("GET", "a", "/", 0);
            head.upgrade(head.append("chat"), 4);
            ClientStream stream = wire.client().open(head, true, receiver);
            wire.send(lines("HTTP/1.1 101 S", "Connection: upgrade", "Upgrade: chat", "") + "worm");
            stream.flush();
            wire.answer();
            stream.sendData(Wire.buffer("bird"), false);
            stream.flush();
            assertThat(wire.answer()).isEqualTo("bird");
            wire.channel.close();
            assertThat(receiver.events)
                    .containsExactly("101 length=-1", "body worm", "reset CONNECTION_LOST");
            assertThat(pool.events).containsExactly("closed");
        }
    }

    @Test
    void resetsAStreamThatSendsMoreOrLessThanAnnounced() {
        for (String text : new String[] {"hell", "hello!"}) {
            RecordingReceiver broken = new RecordingReceiver();
            try (Wire wire = Wire.client(pool)) {
                ClientStream stream =
                        wire.client().open(Messages.request("POST", "a", "/", 5), false, broken);
                stream.sendData(Wire.buffer(text), true);
                assertThat(broken.events).containsExactly("reset INTERNAL");
                assertThat(wire.isOpen()).isFalse();
            }
        }
    }

    @Test
    void closesWhenItsStreamIsReset() {
        try (Wire wire = Wire.client(pool)) {
            ClientStream stream = get(wire);
            stream.reset(StreamError.CANCELLED);
            stream.sendData(Wire.buffer("ignored"), true);
            assertThat(wire.isOpen()).isFalse();
            assertThat(receiver.events).isEmpty();
            assertThat(pool.events).containsExactly("closed");
        }
    }

    @Test
    void tellsItsStreamWhenItIsClosed() {
        try (Wire wire = Wire.client(pool)) {
            get(wire);
            wire.client().close();
            assertThat(receiver.events).containsExactly("reset CONNECTION_LOST");
            assertThat(pool.events).containsExactly("closed");
        }
    }

    @Test
    void pausesTheSocketWithTheBody() {
        try (Wire wire = Wire.client(pool)) {
            ClientStream stream = get(wire);
            stream.pauseReading();
            assertThat(wire.channel.config().isAutoRead()).isFalse();
            stream.resumeReading();
            assertThat(wire.channel.config().isAutoRead()).isTrue();
            stream.pauseReading();
            wire.send(OK);
            // Idle: the endpoint's close must be seen.
            assertThat(wire.channel.config().isAutoRead()).isTrue();
        }
    }

    @Test
    void takesOneStreamAtATime() {
        try (Wire wire = Wire.client(pool)) {
            get(wire);
            MessageHead head = Messages.request("GET", "a", "/", 0);
            assertThatThrownBy(() -> wire.client().open(head, true, receiver))
                    .isInstanceOf(IllegalStateException.class);
        }
    }
}
