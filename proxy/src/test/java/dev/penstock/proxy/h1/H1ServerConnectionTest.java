package dev.penstock.proxy.h1;

import static dev.penstock.proxy.h1.Messages.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ServerLimits;
import dev.penstock.proxy.stream.ServerStream;
import dev.penstock.proxy.stream.StreamError;
import dev.penstock.proxy.transport.LinuxOption;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class H1ServerConnectionTest {

    private static final String GET = lines("GET /a?b=c HTTP/1.1", "Host: Example.org:8080", "");
    private static final String GET_EVENT = "GET Example.org:8080 /a?b=c length=0";
    private static final String HELLO = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
    private static final String POST_10 =
            lines("POST / HTTP/1.1", "Host: a", "Content-Length: 10", "");

    private final RecordingHandler answering = RecordingHandler.answering(200, "hello");
    private final RecordingHandler silent = new RecordingHandler();

    private static void answer(ServerStream stream, String text) {
        stream.sendHead(Messages.response(200, text.length()), false);
        stream.sendData(Wire.buffer(text), true);
        stream.flush();
    }

    @Test
    void answersOneRequestAfterTheOther() {
        try (Wire wire = Wire.server(answering)) {
            wire.send(GET).send(GET);
            assertThat(answering.events).containsExactly(GET_EVENT, "end", GET_EVENT, "end");
            assertThat(wire.answer()).isEqualTo(HELLO + HELLO);
            assertThat(wire.isOpen()).isTrue();
        }
    }

    @Test
    void holdsOnlyTheLastAnswerBackUntilTheConnectionEnds() {
        try (Wire wire = Wire.server(answering)) {
            wire.send(GET);
            assertThat(wire.options).isEmpty();
            wire.send(lines("GET / HTTP/1.1", "Host: a", "Connection: close", ""));
            assertThat(wire.options).containsExactly(LinuxOption.TCP_CORK);
            assertThat(wire.isOpen()).isFalse();
        }
    }

    @Test
    void beginsAPipelinedRequestOnlyWhenTheOneBeforeIsAnswered() {
        try (Wire wire = Wire.server(silent)) {
            wire.send(GET + GET + GET);
            assertThat(silent.events).containsExactly(GET_EVENT, "end");
            answer(silent.last(), "hello");
            assertThat(silent.events).containsExactly(GET_EVENT, "end", GET_EVENT, "end");
            assertThat(wire.server().activeStreams()).isEqualTo(1);
            assertThat(wire.answer()).isEqualTo(HELLO);
        }
    }

    @Test
    void leavesTheSocketAloneWhenTooMuchIsSentAhead() {
        try (Wire wire = Wire.server(silent)) {
            wire.send(GET);
            assertThat(wire.channel.config().isAutoRead()).isTrue();
            wire.send("x".repeat(10_000));
            assertThat(wire.channel.config().isAutoRead()).isTrue();
            wire.send("x".repeat(10_000));
            assertThat(wire.channel.config().isAutoRead()).isFalse();
        }
    }

    @Test
    void pausesTheSocketWithTheBody() {
        try (Wire wire = Wire.server(silent)) {
            wire.send(POST_10);
            silent.last().pauseReading();
            assertThat(wire.channel.config().isAutoRead()).isFalse();
            silent.last().resumeReading();
            assertThat(wire.channel.config().isAutoRead()).isTrue();
            silent.last().pauseReading();
            wire.send("0123456789");
            // The request is whole: now a client that goes away must be seen.
            assertThat(wire.channel.config().isAutoRead()).isTrue();
        }
    }

    @Test
    void readsBodiesOfLengthAndInChunks() {
        try (Wire wire = Wire.server(answering)) {
            wire.sendByByte("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
            wire.sendByByte(
                    lines(
                            "POST / HTTP/1.1",
                            "Host: a",
                            "Transfer-Encoding: chunked",
                            "",
                            "3;x=\"y;\\\"\"",
                            "abc",
                            "0A",
                            "0123456789",
                            "0",
                            "X-T: v",
                            ""));
            wire.sendByByte(GET);
            assertThat(answering.events)
                    .containsExactly(
                            "POST a / length=3",
                            "body abc",
                            "end",
                            "POST a / length=-1",
                            "body abc0123456789",
                            "trailers X-T=v;",
                            GET_EVENT,
                            "end");
        }
    }

    @Test
    void framesBodiesOfUnknownLengthInChunks() {
        try (Wire wire = Wire.server(silent)) {
            wire.send(GET);
            ServerStream stream = silent.last();
            stream.sendHead(Messages.response(200, MessageHead.LENGTH_UNKNOWN), false);
            stream.sendData(Wire.buffer("hello"), false);
            stream.sendData(Wire.buffer(""), false);
            stream.sendData(Wire.buffer("x".repeat(5000)), false);
            MessageHead trailers = new MessageHead();
            trailers.addField("X-T", "v");
            stream.sendTrailers(trailers);
            assertThat(wire.answer())
                    .isEqualTo(
                            lines(
                                    "HTTP/1.1 200 OK",
                                    "transfer-encoding: chunked",
                                    "",
                                    "5",
                                    "hello",
                                    "1388",
                                    "x".repeat(5000),
                                    "0",
                                    "X-T: v",
                                    ""));
            assertThat(wire.isOpen()).isTrue();
        }
    }

    @Test
    void endsBodiesOfUnknownLengthForHttp10WithTheConnection() {
        try (Wire wire = Wire.server(silent)) {
            wire.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            ServerStream stream = silent.last();
            stream.sendInterim(Messages.response(103, 0));
            stream.sendHead(Messages.response(200, MessageHead.LENGTH_UNKNOWN), false);
            stream.sendData(Wire.buffer("hello"), true);
            assertThat(wire.answer())
                    .isEqualTo("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello");
            assertThat(wire.isOpen()).isFalse();
        }
    }

    @Test
    void keepsAnHttp10ConnectionThatAsksForIt() {
        try (Wire wire = Wire.server(answering)) {
            wire.send("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
            assertThat(wire.answer()).contains("connection: keep-alive\r\n");
            wire.send("GET / HTTP/1.0\r\n\r\n");
            assertThat(wire.answer()).contains("connection: close\r\n");
            assertThat(wire.isOpen()).isFalse();
        }
    }

    @Test
    void sendsNoBodyWhereThereIsNone() {
        try (Wire wire = Wire.server(silent)) {
            wire.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
            silent.last().sendHead(Messages.response(200, 5), false);
            silent.last().sendData(Wire.buffer("hello"), true);
            assertThat(wire.answer()).isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n");
            wire.send(GET);
            silent.last().sendHead(Messages.response(204, 0), true);
            assertThat(wire.answer()).isEqualTo("HTTP/1.1 204 No Content\r\n\r\n");
            wire.send(GET);
            silent.last().sendHead(Messages.response(304, MessageHead.LENGTH_UNKNOWN), true);
            assertThat(wire.answer()).isEqualTo("HTTP/1.1 304 Not Modified\r\n\r\n");
            wire.send(GET);
            silent.last().sendHead(Messages.response(200, MessageHead.LENGTH_UNKNOWN), true);
            assertThat(wire.answer()).isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
            assertThat(wire.isOpen()).isTrue();
        }
    }

    @Test
    void sendsInterimResponsesAndOneDate() {
        try (Wire wire = Wire.server(silent)) {
            wire.send(GET);
            MessageHead hints = Messages.response(103, 0);
            hints.addField("Link", "x");
            silent.last().sendInterim(hints);
            assertThat(wire.answer()).isEqualTo("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
            MessageHead head = Messages.response(200, 0);
            head.addField(HeaderName.DATE, "yesterday");
            silent.last().sendHead(head, true);
            assertThat(wire.written()).containsOnlyOnce("ate: ").contains("date: yesterday\r\n");
            wire.answer();
            wire.send(GET);
            silent.last().sendHead(Messages.response(200, 0), true);
            assertThat(wire.written())
                    .containsPattern(
                            "date: [A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} [\\d:]{8} GMT");
        }
    }

    @Test
    void closesWhenTheClientMayStillWaitForContinue() {
        try (Wire wire = Wire.server(silent)) {
            wire.send(POST_10.replace("Host: a", "Host: a\r\nExpect: 100-continue"));
            assertThat(silent.events.getFirst()).contains(" expect");
            silent.last().sendHead(Messages.response(200, 5), false);
            silent.last().flush();
            assertThat(wire.answer()).contains("connection: close\r\n");
        }
    }

    @Test
    void keepsTheConnectionWhenContinueWasSent() {
        try (Wire wire = Wire.server(answering)) {
            answering.onRequest = stream -> stream.sendInterim(Messages.response(100, 0));
            wire.send(POST_10.replace("Host: a", "Host: a\r\nExpect: 100-continue"));
            assertThat(wire.answer()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            wire.send("0123456789");
            assertThat(wire.answer()).isEqualTo(HELLO);
            assertThat(wire.isOpen()).isTrue();
        }
    }

    @Test
    void deliversTheRestOfABodyThatWasAnsweredEarly() {
        try (Wire wire = Wire.server(silent)) {
            wire.send(POST_10 + "01234");
            ServerStream stream = silent.last();
            stream.sendHead(Messages.response(200, 5), false);
            stream.pauseReading();
            stream.sendData(Wire.buffer("hello"), true);
            assertThat(wire.answer()).isEqualTo(HELLO);
            assertThat(wire.channel.config().isAutoRead()).isTrue();
            wire.send("56789" + GET);
            assertThat(silent.events)
                    .containsExactly(
                            "POST a / length=10", "body 0123456789", "end", GET_EVENT, "end");
        }
    }

    @Test
    void saysCloseWhenItAnswersAtOnceWhileTheBodyArrives() {
        try (Wire wire = Wire.server(silent)) {
            wire.send(POST_10 + "01234");
            silent.last().sendHead(Messages.response(413, 0), true);
            assertThat(wire.answer())
                    .startsWith("HTTP/1.1 413 Content Too Large\r\n")
                    .contains("connection: close\r\n");
        }
    }

    @Test
    void resetsAStreamThatSendsMoreOrLessThanAnnounced() {
        for (String text : new String[] {"hell", "hello!"}) {
            RecordingHandler handler = new RecordingHandler();
            try (Wire wire = Wire.server(handler)) {
                wire.send(GET);
                handler.last().sendHead(Messages.response(200, 5), false);
                handler.last().sendData(Wire.buffer(text), true);
                assertThat(handler.events).endsWith("reset INTERNAL");
                assertThat(wire.isOpen()).isFalse();
                assertThat(wire.answer()).doesNotContain("hell");
            }
        }
    }

    @Test
    void tunnelsAfterAnUpgrade() {
        try (Wire wire = Wire.server(silent)) {
            String upgrade =
                    lines("GET / HTTP/1.1", "Host: a", "Connection: upgrade", "Upgrade: chat", "");
            wire.send(upgrade + "early");
            assertThat(silent.events).containsExactly("GET a / length=0 upgrade=chat", "end");
            MessageHead head = Messages.response(101, 0);
            head.upgrade(head.append("chat"), 4);
            silent.last().sendUpgrade(head);
            assertThat(wire.answer())
                    .isEqualTo(
                            lines(
                                    "HTTP/1.1 101 Switching Protocols",
                                    "connection: upgrade",
                                    "upgrade: chat",
                                    ""));
            wire.send(" bird");
            silent.last().sendData(Wire.buffer("worm"), false);
            silent.last().flush();
            assertThat(wire.answer()).isEqualTo("worm");
            wire.channel.close();
            assertThat(silent.events).endsWith("end", "body early bird", "reset CANCELLED");
        }
    }

    @Test
    void upgradesOnlyWhatAskedForIt() {
        try (Wire wire = Wire.server(silent)) {
            wire.send(GET);
            assertThatThrownBy(() -> silent.last().sendUpgrade(Messages.response(101, 0)))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void tellsOfAClientThatGoesAway() {
        try (Wire wire = Wire.server(silent)) {
            wire.send(GET);
            wire.channel.close();
            assertThat(silent.events).containsExactly(GET_EVENT, "end", "reset CANCELLED");
        }
    }

    @Test
    void closesWhenItsStreamIsReset() {
        try (Wire wire = Wire.server(silent)) {
            wire.send(GET);
            silent.last().sendHead(Messages.response(200, 5), false);
            silent.last().sendData(Wire.buffer("hel"), false);
            silent.last().reset(StreamError.CONNECTION_LOST);
            assertThat(wire.answer()).endsWith("hel");
            assertThat(wire.isOpen()).isFalse();
            assertThat(silent.events).doesNotContain("reset CANCELLED");
        }
    }

    @Test
    void ignoresWhatIsSentOnAnEndedStream() {
        try (Wire wire = Wire.server(silent)) {
            wire.send(GET);
            ServerStream first = silent.last();
            answer(first, "hello");
            wire.send(GET);
            wire.answer();
            first.sendHead(Messages.response(200, 5), false);
            first.sendData(Wire.buffer("false"), true);
            first.sendTrailers(new MessageHead());
            first.pauseReading();
            first.reset(StreamError.INTERNAL);
            assertThat(wire.answer()).isEmpty();
            assertThat(wire.isOpen()).isTrue();
        }
    }

    @Test
    void drainsAtOnceWhenIdleAndAfterTheAnswerWhenNot() {
        try (Wire wire = Wire.server(answering)) {
            wire.send(GET);
            wire.server().drain();
            assertThat(wire.isOpen()).isFalse();
        }
        try (Wire wire = Wire.server(silent)) {
            wire.send(GET);
            wire.server().drain();
            assertThat(wire.isOpen()).isTrue();
            answer(silent.last(), "hello");
            assertThat(wire.answer()).contains("connection: close\r\n").endsWith("hello");
            assertThat(wire.isOpen()).isFalse();
        }
    }

    @Test
    void closesAfterAsManyRequestsAsAreAllowed() {
        ServerLimits d = ServerLimits.DEFAULT;
        ServerLimits two =
                new ServerLimits(
                        d.headBytesMax(),
                        d.fieldsMax(),
                        d.targetBytesMax(),
                        d.headTimeout(),
                        d.keepAliveTimeout(),
                        d.drainTimeout(),
                        2,
                        d.concurrentStreamsMax(),
                        d.streamWindow(),
                        d.stalledStreamTimeout());
        try (Wire wire = Wire.server(answering, two)) {
            wire.send(GET);
            assertThat(wire.answer()).isEqualTo(HELLO);
            wire.send(GET);
            assertThat(wire.answer()).contains("connection: close\r\n");
            assertThat(wire.isOpen()).isFalse();
        }
    }

    @Test
    void flushesOnceForEachRead() {
        AtomicInteger flushes = new AtomicInteger();
        try (Wire wire = Wire.server(answering)) {
            wire.channel
                    .pipeline()
                    .addFirst(
                            new ChannelOutboundHandlerAdapter() {
                                @Override
                                public void flush(ChannelHandlerContext ctx) {
                                    flushes.incrementAndGet();
                                    ctx.flush();
                                }
                            });
            wire.send(GET + GET + GET + GET);
            assertThat(flushes).hasValue(1);
            assertThat(wire.answer()).isEqualTo(HELLO + HELLO + HELLO + HELLO);
        }
    }

    @Test
    void aFaultOfTheHandlerCostsOneConnection() {
        RecordingHandler faulty = new RecordingHandler();
        faulty.onRequestEnd =
                _ -> {
                    throw new IllegalStateException("a fault on purpose");
                };
        try (Wire wire = Wire.server(faulty)) {
            wire.send(POST_10 + "0123456789");
            assertThat(wire.isOpen()).isFalse();
            assertThat(faulty.events).endsWith("end", "reset INTERNAL");
        }
    }

    @Test
    void refusesAndCloses() {
        try (Wire wire = Wire.server(answering)) {
            wire.send("GET / HTTP/1.1\nHost: a\r\n\r\n");
            assertThat(answering.events).containsExactly("refused 400 line_end");
            assertThat(wire.answer())
                    .isEqualTo(
                            lines(
                                            "HTTP/1.1 400 Bad Request",
                                            "content-type: text/plain",
                                            "content-length: 16",
                                            "connection: close",
                                            "")
                                    + "400 Bad Request\n");
            assertThat(wire.isOpen()).isFalse();
        }
    }

    @Test
    void refusesABrokenBodyAndTellsTheHandler() {
        try (Wire wire = Wire.server(silent)) {
            wire.send(lines("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", "", "zz"));
            assertThat(silent.events)
                    .containsExactly("POST a / length=-1", "refused 400 chunk", "reset PROTOCOL");
            assertThat(wire.answer()).startsWith("HTTP/1.1 400 ");
            assertThat(wire.isOpen()).isFalse();
        }
    }
}
