package dev.penstock.proxy.h1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Every response of the corpus is refused, passed on without doubt, or visibly cut. */
class ResponseCorpusTest {

    static final List<Corpus.Case> CASES = Corpus.responses();

    @ParameterizedTest
    @FieldSource("CASES")
    void isRefusedPassedOnOrVisiblyCut(Corpus.Case response) {
        try (Relay relay = new Relay();
                Wire client = Wire.server(relay)) {
            client.send(request(response));
            Wire endpoint = relay.endpoints.getFirst();
            assertThat(endpoint.written()).isNotEmpty();
            endpoint.send(response.text());
            if (response.end()) {
                endpoint.channel.close();
            }
            boolean reusable = endpoint.isOpen() && endpoint.client().availableStreams() == 1;
            if (response.has("reuse")) {
                assertThat(reusable).isTrue();
                assertThat(relay.pools.getFirst().events).containsExactly("available");
            }
            if (response.has("close")) {
                assertThat(reusable).isFalse();
                assertThat(relay.pools.getFirst().events.getLast()).isEqualTo("closed");
            }
            judge(response, client);
        }
    }

    private static String request(Corpus.Case response) {
        return switch (response.request()) {
            case "GET", "HEAD" -> response.request() + " / HTTP/1.1\r\nHost: a\r\n\r\n";
            case "POST" ->
                    Messages.lines("POST / HTTP/1.1", "Host: a", "Content-Length: 10", "", "half");
            case "WS" ->
                    Messages.lines(
                            "GET / HTTP/1.1",
                            "Host: a",
                            "Connection: upgrade",
                            "Upgrade: websocket",
                            "");
            default -> throw new IllegalStateException(response.request());
        };
    }

    private static void judge(Corpus.Case response, Wire client) {
        String answer = client.written();
        boolean open = client.isOpen();
        boolean toHead = response.request().equals("HEAD");
        List<Judge.Message> all = Judge.responses(answer, toHead, !open);
        List<Judge.Message> finals =
                all.stream().filter(m -> m.status() >= 200 || m.status() == 101).toList();
        if (response.verdict().equals("cut")) {
            assertThat(finals).as(answer).isEmpty();
            assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(open).isFalse();
        } else {
            assertThat(finals).as(answer).hasSize(1);
            assertThat(finals.getFirst().status()).isEqualTo(Integer.parseInt(response.verdict()));
            if (finals.getFirst().status() != 101) {
                assertThat(finals.getFirst().end()).isEqualTo(answer.length());
            }
        }
        assertThat(response.objections(answer)).as(answer).isEmpty();
    }
}
