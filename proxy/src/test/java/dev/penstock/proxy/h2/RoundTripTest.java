package dev.penstock.proxy.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ClientStream;
import dev.penstock.proxy.stream.ServerLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Our client against our server. */
class RoundTripTest {

    private final EchoHandler handler = new EchoHandler();
    private final Pair pair = new Pair(handler, ServerLimits.DEFAULT);

    @AfterEach
    void close() {
        pair.close();
    }

    @Test
    void requestWithoutBodyIsAnswered() {
        RecordingResponse response = get("/");
        pair.run();
        assertThat(response.events).containsExactly("head 200", "end");
        assertThat(response.text()).isEqualTo("hello");
        assertThat(response.head.bodyLength()).isEqualTo(5);
        assertThat(pair.client.activeStreams()).isZero();
        assertThat(pair.server.activeStreams()).isZero();
    }

    @Test
    void bodyLargerThanEveryWindowGoesBothWays() {
        byte[] body = new byte[5_000_000];
        new Random(1).nextBytes(body);
        MessageHead head = Pair.request("POST", "/upload");
        head.bodyLength(body.length);
        RecordingResponse response = new RecordingResponse();
        ClientStream stream = pair.client.open(head, false, response);
        for (int at = 0; at < body.length; at += 50_000) {
            stream.sendData(Unpooled.copiedBuffer(body, at, 50_000), at + 50_000 == body.length);
            stream.flush();
        }
        assertThat(stream.isWritable()).isFalse();
        pair.run();
        assertThat(response.events).containsExactly("head 200", "end");
        assertThat(response.body.toByteArray()).isEqualTo(body);
        assertThat(response.writable).isPositive();
    }

    @Test
    void trailersGoBothWays() {
        MessageHead head = Pair.request("POST", "/rpc");
        head.bodyLength(MessageHead.LENGTH_UNKNOWN);
        head.teTrailers(true);
        RecordingResponse response = new RecordingResponse();
        ClientStream stream = pair.client.open(head, false, response);
        stream.sendData(Unpooled.copiedBuffer(new byte[100_000]), false);
        MessageHead trailers = new MessageHead();
        trailers.addField("grpc-status", "0");
        trailers.addField("grpc-message", "fine");
        stream.sendTrailers(trailers);
        stream.flush();
        pair.run();
        assertThat(response.events)
                .containsExactly("head 200", "trailers grpc-status=0 grpc-message=fine");
        assertThat(response.body.size()).isEqualTo(100_000);
    }

    @Test
    void manyStreamsShareAConnection() {
        List<RecordingResponse> responses = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            responses.add(get("/" + i));
        }
        assertThat(pair.client.availableStreams()).isZero();
        pair.run();
        assertThat(responses).allSatisfy(r -> assertThat(r.text()).isEqualTo("hello"));
        assertThat(pair.client.availableStreams()).isEqualTo(100);
        assertThat(pair.available).isEqualTo(100);
    }

    @Test
    void pausedReceiverHoldsThePeerBackUntilItResumes() {
        MessageHead head = Pair.request("POST", "/");
        head.bodyLength(MessageHead.LENGTH_UNKNOWN);
        RecordingResponse response = new RecordingResponse();
        ClientStream stream = pair.client.open(head, false, response);
        stream.pauseReading();
        ByteBuf body = Unpooled.wrappedBuffer(new byte[1_000_000]);
        stream.sendData(body, true);
        stream.flush();
        pair.run();
        assertThat(response.body.size()).isZero();
        stream.resumeReading();
        pair.run();
        assertThat(response.body.size()).isEqualTo(1_000_000);
        assertThat(response.events).containsExactly("head 200", "end");
    }

    private RecordingResponse get(String path) {
        RecordingResponse response = new RecordingResponse();
        pair.client.open(Pair.request("GET", path), true, response).flush();
        return response;
    }
}
