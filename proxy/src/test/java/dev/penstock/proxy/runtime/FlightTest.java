package dev.penstock.proxy.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.penstock.proxy.flight.RequestEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a flight recording gets of requests. */
@SuppressWarnings("StringConcatToTextBlock") // lines end with CRLF
class FlightTest {

    private static final String GET =
            "GET /a?b=c HTTP/1.1\r\nHost: " + ProxyFixture.HOST + "\r\nX-Request-ID: r1\r\n\r\n";

    @TempDir Path directory;

    private static void get(ProxyFixture proxy, int status) throws IOException {
        try (RawConnection client = RawConnection.to(proxy.httpPort())) {
            assertThat(client.send(GET).response().status()).isEqualTo(status);
        }
    }

    private List<RecordedEvent> stop(Recording recording, int expected) throws IOException {
        Path file = directory.resolve("flight.jfr");
        // An event is there a moment after the client has its answer.
        await().atMost(Duration.ofSeconds(30))
                .until(() -> {
                    recording.dump(file);
                    return requests(file).size() >= expected;
                });
        recording.stop();
        return requests(file);
    }

    private static List<RecordedEvent> requests(Path file) throws IOException {
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(RequestEvent.NAME))
                .toList();
    }

    @Test
    void aRecordingThatAsksForThemHasRequestsWithTheirPhases() throws Exception {
        try (Origin origin = Origin.answering("hello");
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                Recording recording = new Recording()) {
            get(proxy, 200);
            recording.enable(RequestEvent.NAME);
            recording.start();
            assertThat(RequestEvent.isWanted()).isTrue();
            get(proxy, 200);
            List<RecordedEvent> events = stop(recording, 1);

            assertThat(events).hasSize(1);
            RecordedEvent event = events.getFirst();
            assertThat(event.getString("method")).isEqualTo("GET");
            assertThat(event.getString("path")).isEqualTo("/a?b=c");
            assertThat(event.getString("host")).isEqualTo(ProxyFixture.HOST);
            assertThat(event.getInt("status")).isEqualTo(200);
            assertThat(event.getString("ingress")).isEqualTo("default/test");
            assertThat(event.getString("service")).isEqualTo("default/app:80");
            assertThat(event.getString("endpoint")).endsWith(":" + origin.port());
            assertThat(event.getString("requestId")).isEqualTo("r1");
            assertThat(event.getString("error")).isNull();
            assertThat(event.getLong("bytesOut")).isEqualTo(5);
            for (String phase : List.of("routing", "connect", "firstByte", "body")) {
                assertThat(event.getDuration(phase)).as(phase).isPositive();
            }
        }
    }

    @Test
    void aRequestThatNoEndpointSawHasNoPhasesAfterRouting() throws Exception {
        try (ProxyFixture proxy = new ProxyFixture().apply();
                Recording recording = new Recording()) {
            recording.enable(RequestEvent.NAME);
            recording.start();
            get(proxy, 404);
            RecordedEvent event = stop(recording, 1).getFirst();
            assertThat(event.getString("error")).isEqualTo("no_route");
            assertThat(event.getDuration("routing")).isPositive();
            assertThat(event.getDuration("connect")).isZero();
            assertThat(event.getDuration("firstByte")).isZero();
            assertThat(event.getDuration("body")).isZero();
        }
    }

    @Test
    void nobodyElsesRecordingIsFilledWithRequests() {
        try (Recording recording = new Recording()) {
            recording.start();
            assertThat(RequestEvent.isWanted()).isFalse();
        }
        assertThat(RequestEvent.isWanted()).isFalse();
    }
}
