package dev.penstock.proxy.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proxy.message.MessageHead;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** A message means the same however the network splits it. */
class SplitTest {

    /** Longer messages are not split at every place: it would take too long. */
    private static final int LENGTH_MAX = 400;

    private static final ResourceLeakDetector.Level LEVEL = ResourceLeakDetector.getLevel();

    static final List<Corpus.Case> REQUESTS = brief(Corpus.requests());
    static final List<Corpus.Case> RESPONSES = brief(Corpus.responses());

    private static List<Corpus.Case> brief(List<Corpus.Case> cases) {
        return cases.stream().filter(c -> c.text().length() <= LENGTH_MAX).toList();
    }

    /** Most of the time would go into tracking buffers; the other tests look for leaks. */
    @BeforeAll
    static void trackFewBuffers() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
    }

    @AfterAll
    static void trackAsBefore() {
        ResourceLeakDetector.setLevel(LEVEL);
    }

    @ParameterizedTest
    @FieldSource("REQUESTS")
    void aRequestMeansTheSame(Corpus.Case request) {
        splitEverywhere(request.text(), SplitTest::request);
    }

    @ParameterizedTest
    @FieldSource("RESPONSES")
    void aResponseMeansTheSame(Corpus.Case response) {
        splitEverywhere(response.text(), parts -> response(response, parts));
    }

    private static void splitEverywhere(String text, Function<List<String>, String> outcome) {
        String whole = outcome.apply(List.of(text));
        List<String> bytes = text.chars().mapToObj(c -> String.valueOf((char) c)).toList();
        assertThat(outcome.apply(bytes)).as("byte by byte").isEqualTo(whole);
        for (int at = 1; at < text.length(); at++) {
            assertThat(outcome.apply(List.of(text.substring(0, at), text.substring(at))))
                    .as("split at %s", at)
                    .isEqualTo(whole);
        }
    }

    private static String request(List<String> parts) {
        RecordingHandler handler = RecordingHandler.answering(200, "ok");
        try (Wire wire = Wire.server(handler)) {
            send(wire, parts);
            return handler.events + "\n" + wire.answer() + "\nopen " + wire.isOpen();
        }
    }

    private static String response(Corpus.Case response, List<String> parts) {
        RecordingReceiver receiver = new RecordingReceiver();
        try (Wire wire = Wire.client(new Wire.Pool())) {
            String method = response.request().equals("HEAD") ? "HEAD" : "GET";
            MessageHead head = Messages.request(method, "a", "/", 0);
            if (response.request().equals("WS")) {
                head.upgrade(head.append("websocket"), "websocket".length());
            }
            wire.client().open(head, true, receiver);
            send(wire, parts);
            if (response.end()) {
                wire.channel.close();
            }
            return receiver.events + "\nopen " + wire.isOpen();
        }
    }

    private static void send(Wire wire, List<String> parts) {
        for (String part : parts) {
            if (wire.isOpen()) {
                wire.send(part);
            }
        }
    }
}
