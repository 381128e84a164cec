package dev.penstock.proxy.h1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Every request of the corpus is refused as it should be, or forwarded without doubt. */
class RequestCorpusTest {

    static final List<Corpus.Case> CASES = Corpus.requests();

    @ParameterizedTest
    @FieldSource("CASES")
    void isRefusedOrForwardedWithoutDoubt(Corpus.Case request) {
        try (Relay relay = new Relay();
                Wire client = Wire.server(relay)) {
            client.send(request.text());
            StringBuilder forwarded = new StringBuilder();
            int whole = 0;
            for (int i = 0; i < relay.endpoints.size(); i++) {
                Wire endpoint = relay.endpoints.get(i);
                String bytes = endpoint.written();
                forwarded.append(bytes);
                List<Judge.Message> messages = Judge.requests(bytes);
                assertThat(messages).hasSizeLessThan(2);
                whole += messages.size();
                if (!messages.isEmpty()) {
                    assertThat(messages.getFirst().end()).isEqualTo(bytes.length());
                    endpoint.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                }
            }
            judge(request, relay, client, whole);
            assertThat(request.objections(forwarded.toString())).as(forwarded.toString()).isEmpty();
        }
    }

    private static void judge(Corpus.Case request, Relay relay, Wire client, int whole) {
        String answer = client.written();
        List<Integer> statuses = new ArrayList<>();
        boolean toHead = request.text().startsWith("HEAD");
        Judge.responses(answer, toHead, true).forEach(m -> statuses.add(m.status()));
        List<Integer> expected = new ArrayList<>();
        if (request.verdict().startsWith("ok")) {
            boolean counted = request.verdict().length() > 2;
            int count = counted ? Integer.parseInt(request.verdict().substring(3)) : 1;
            expected.addAll(Collections.nCopies(count, 200));
            assertThat(whole).isEqualTo(count);
            assertThat(relay.refusals).isEmpty();
        } else {
            int after = request.number("after", 0);
            expected.addAll(Collections.nCopies(after, 200));
            expected.add(Integer.valueOf(request.verdict()));
            assertThat(whole).isEqualTo(after);
            assertThat(relay.refusals).containsExactly(expected.getLast());
            assertThat(client.isOpen()).isFalse();
        }
        assertThat(statuses).as(answer).isEqualTo(expected);
    }
}
