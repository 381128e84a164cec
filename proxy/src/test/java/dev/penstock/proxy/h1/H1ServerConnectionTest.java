package dev.penstock.proxy.h1;

import static dev.penstock.proxy.h1.Messages.lines;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class H1ServerConnectionTest {

    private static final String GET = "GET /a?b=c HTTP/1.1\r\nHost: Example.org:8080\r\n\r\n";

    private final RecordingHandler handler = RecordingHandler.answering(200, "hello");

    @Test
    void answersOneRequestAfterTheOther() {
        try (Wire wire = Wire.server(handler)) {
            wire.send(GET).send(GET);
            assertThat(handler.events)
                    .containsExactly(
                            "GET Example.org:8080 /a?b=c length=0",
                            "end",
                            "GET Example.org:8080 /a?b=c length=0",
                            "end");
            String one = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
            assertThat(wire.answer()).isEqualTo(one + one);
            assertThat(wire.isOpen()).isTrue();
        }
    }

    @Test
    void readsBodiesOfLengthAndInChunks() {
        try (Wire wire = Wire.server(handler)) {
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
            assertThat(handler.events)
                    .containsExactly(
                            "POST a / length=3",
                            "body abc",
                            "end",
                            "POST a / length=-1",
                            "body abc0123456789",
                            "trailers X-T=v;",
                            "GET Example.org:8080 /a?b=c length=0",
                            "end");
        }
    }

    @Test
    void refusesAndCloses() {
        try (Wire wire = Wire.server(handler)) {
            wire.send("GET / HTTP/1.1\nHost: a\r\n\r\n");
            assertThat(handler.events).containsExactly("refused 400 line_end");
            assertThat(wire.answer())
                    .startsWith("HTTP/1.1 400 Bad Request\r\n")
                    .contains("connection: close\r\n");
            assertThat(wire.isOpen()).isFalse();
        }
    }
}
