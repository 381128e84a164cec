package dev.penstock.proxy.echo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EchoServerTest {

    private static final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @SuppressWarnings("NullAway.Init") // set before each test
    private static EchoServer server;

    @BeforeAll
    static void start() throws Exception {
        server =
                EchoServer.start(
                        new EchoSettings(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                Map.of("backend", "test \"one\"")));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void answersWithWhatItReceived() throws Exception {
        HttpResponse<String> answer =
                client.send(
                        request("/a/b?c=d")
                                .header("X-Custom", "back\\slash")
                                .POST(BodyPublishers.ofString("hello"))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(answer.body())
                .contains("\"backend\": \"test \\\"one\\\"\"")
                .contains("\"method\": \"POST\"")
                .contains("\"path\": \"/a/b?c=d\"")
                .contains("\"x-custom\": \"back\\\\slash\"")
                .contains("\"bodyBytes\": 5")
                .contains("\"body\": \"hello\"");
    }

    @Test
    void countsABodyBeyondWhatItShows() throws Exception {
        HttpResponse<String> answer =
                client.send(
                        request("/").POST(BodyPublishers.ofByteArray(new byte[100_000])).build(),
                        BodyHandlers.ofString());
        assertThat(answer.body()).contains("\"bodyBytes\": 100000");
        assertThat(answer.body().length()).isLessThan(50_000);
    }

    @Test
    void answersWithTheStatusThatThePathAsksFor() throws Exception {
        assertThat(get("/status/503").statusCode()).isEqualTo(503);
        assertThat(get("/any/status/204?x").statusCode()).isEqualTo(204);
        assertThat(get("/status/999").statusCode()).isEqualTo(200);
    }

    @Test
    void sendsAsManyBytesAsThePathAsksFor() throws Exception {
        assertThat(get("/bytes/200001").body()).hasSize(200_001).startsWith("abcdef");
        assertThat(get("/bytes/0").body()).isEmpty();
    }

    @Test
    void waitsAsLongAsThePathAsksFor() throws Exception {
        long start = System.nanoTime();
        assertThat(get("/delay/150ms/status/201").statusCode()).isEqualTo(201);
        assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(150));
    }

    @Test
    void answersHeadWithoutABody() throws Exception {
        HttpResponse<String> answer =
                client.send(
                        request("/").method("HEAD", BodyPublishers.noBody()).build(),
                        BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void sendsWebSocketMessagesBack() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        WebSocket socket =
                client.newWebSocketBuilder()
                        .buildAsync(
                                URI.create("ws://127.0.0.1:" + server.address().getPort() + "/"),
                                new Recorder(received))
                        .get(5, TimeUnit.SECONDS);
        String large = "y".repeat(70_000);
        socket.sendText("hello", true).get(5, TimeUnit.SECONDS);
        assertThat(received.poll(5, TimeUnit.SECONDS)).isEqualTo("hello");
        socket.sendText(large, true).get(5, TimeUnit.SECONDS);
        assertThat(received.poll(5, TimeUnit.SECONDS)).isEqualTo(large);
        socket.sendPing(ByteBuffer.wrap(new byte[] {1, 2})).get(5, TimeUnit.SECONDS);
        assertThat(received.poll(5, TimeUnit.SECONDS)).isEqualTo("pong 2");
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "bye").get(5, TimeUnit.SECONDS);
        assertThat(received.poll(5, TimeUnit.SECONDS)).isEqualTo("close 1000 bye");
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.address().getPort() + path));
    }

    /** Notes what comes in, a line an event. */
    private static final class Recorder implements WebSocket.Listener {

        private final BlockingQueue<String> received;
        private final StringBuilder text = new StringBuilder();

        Recorder(BlockingQueue<String> received) {
            this.received = received;
        }

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                received.add(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
            received.add("pong " + message.remaining());
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            received.add("close " + code + " " + reason);
            return null;
        }
    }
}
