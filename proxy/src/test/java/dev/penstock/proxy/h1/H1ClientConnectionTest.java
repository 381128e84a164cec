package dev.penstock.proxy.h1;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class H1ClientConnectionTest {

    private final Wire.Pool pool = new Wire.Pool();
    private final RecordingReceiver receiver = new RecordingReceiver();

    @Test
    void writesARequestAndReadsItsAnswer() {
        try (Wire wire = Wire.client(pool)) {
            wire.client().open(Messages.request("GET", "a", "/x?y", 0), true, receiver).flush();
            assertThat(wire.answer()).isEqualTo("GET /x?y HTTP/1.1\r\nhost: a\r\n\r\n");
            wire.sendByByte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: y\r\n\r\nhi");
            assertThat(receiver.events).containsExactly("200 length=2 X=y;", "body hi", "end");
            assertThat(pool.events).containsExactly("available");
            assertThat(wire.client().availableStreams()).isEqualTo(1);
        }
    }
}
