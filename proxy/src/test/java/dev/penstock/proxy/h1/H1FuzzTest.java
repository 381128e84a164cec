package dev.penstock.proxy.h1;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.penstock.proxy.message.MessageHead;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Any bytes: nothing fails within, a split changes nothing, and what is understood is written
 * without doubt. {@code JAZZER_FUZZ=1} looks for new inputs; otherwise the kept ones are run.
 */
class H1FuzzTest {

    @FuzzTest(maxDuration = "5m")
    void requests(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        String whole = request(List.of(text));
        for (int at : splits(input)) {
            assertThat(request(List.of(text.substring(0, at), text.substring(at))))
                    .isEqualTo(whole);
        }
        forward(text);
    }

    @FuzzTest(maxDuration = "5m")
    void responses(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        String whole = response(List.of(text));
        for (int at : splits(input)) {
            assertThat(response(List.of(text.substring(0, at), text.substring(at))))
                    .isEqualTo(whole);
        }
        passOn(text);
    }

    /** Some places to split, which depend on the input alone. */
    private static int[] splits(byte[] input) {
        if (input.length < 2) {
            return new int[0];
        }
        int hash = Arrays.hashCode(input) & 0x7fffffff;
        int places = input.length - 1;
        return new int[] {1 + hash % places, 1 + hash / 7 % places, 1 + hash / 49 % places, places};
    }

    private static String request(List<String> parts) {
        RecordingHandler handler = RecordingHandler.answering(200, "ok");
        try (Wire wire = Wire.server(handler)) {
            for (String part : parts) {
                if (wire.isOpen()) {
                    wire.send(part);
                }
            }
            assertThat(handler.events).doesNotContain("reset INTERNAL");
            String answer = wire.answer();
            // A connection that is closed without a word hides a fault of ours.
            assertThat(wire.isOpen() || !answer.isEmpty()).isTrue();
            Judge.responses(answer, text(parts).startsWith("HEAD"), true);
            return handler.events + answer;
        }
    }

    private static String text(List<String> parts) {
        return String.join("", parts).stripLeading();
    }

    private static void forward(String text) {
        try (Relay relay = new Relay();
                Wire client = Wire.server(relay)) {
            client.send(text);
            for (int i = 0; i < relay.endpoints.size(); i++) {
                String bytes = relay.endpoints.get(i).written();
                List<Judge.Message> messages = Judge.requests(bytes);
                if (!messages.isEmpty()) {
                    assertThat(messages).hasSize(1);
                    assertThat(messages.getFirst().end()).isEqualTo(bytes.length());
                    relay.endpoints.get(i).send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                }
            }
        }
    }

    private static String response(List<String> parts) {
        RecordingReceiver receiver = new RecordingReceiver();
        Wire.Pool pool = new Wire.Pool();
        try (Wire wire = Wire.client(pool)) {
            MessageHead head = Messages.request("GET", "a", "/", 0);
            head.upgrade(head.append("websocket"), "websocket".length());
            wire.client().open(head, true, receiver);
            for (String part : parts) {
                if (wire.isOpen()) {
                    wire.send(part);
                }
            }
            assertThat(receiver.events).doesNotContain("reset INTERNAL");
            assertThat(wire.isOpen()).isNotEqualTo(pool.events.contains("closed"));
            // Whether it was free for a moment before the bytes too many came depends on the split.
            return receiver.events.toString() + wire.isOpen();
        }
    }

    private static void passOn(String text) {
        try (Relay relay = new Relay();
                Wire client = Wire.server(relay)) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            Wire endpoint = relay.endpoints.getFirst();
            endpoint.written();
            endpoint.send(text);
            endpoint.channel.close();
            String answer = client.written();
            List<Judge.Message> messages = Judge.responses(answer, false, !client.isOpen());
            List<Judge.Message> finals = messages.stream().filter(m -> m.status() >= 200).toList();
            if (client.isOpen()) {
                assertThat(finals).hasSize(1);
                assertThat(finals.getFirst().end()).isEqualTo(answer.length());
            } else {
                assertThat(finals).hasSizeLessThan(2);
            }
        }
    }
}
