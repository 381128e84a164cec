package dev.penstock.e2e.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.e2e.harness.Manifests;
import dev.penstock.e2e.harness.PenstockProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** WebSocket needs no setting: it works through any route. */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(120)
final class WebSocketTest {

    private EchoServer backend;
    private PenstockProcess penstock;
    private HttpClient client;

    @BeforeAll
    void start(@TempDir Path manifests) throws IOException {
        // The route is found by the URI's host; a host-less rule would do as well, but this is what
        // users have.
        backend = new EchoServer();
        Files.writeString(
                manifests.resolve("chat.yaml"),
                Manifests.service("chat", backend.port())
                        + Manifests.ingress("chat", "localhost", "chat", "{}"));
        penstock = PenstockProcess.serve(manifests);
        client = HttpClient.newHttpClient();
    }

    @AfterAll
    void stop() {
        client.close();
        penstock.close();
        backend.close();
    }

    @Test
    void textAndBinaryMessagesAreEchoed() throws Exception {
        Received received = new Received();
        WebSocket socket = open(received);
        socket.sendText("hello", true).get(10, TimeUnit.SECONDS);
        assertThat(received.next()).isEqualTo("text hello");
        socket.sendBinary(ByteBuffer.wrap(new byte[] {1, 2, 3}), true).get(10, TimeUnit.SECONDS);
        assertThat(received.next()).isEqualTo("binary 3");
        socket.abort();
    }

    @Test
    void subprotocolIsNegotiatedWithTheBackend() throws Exception {
        WebSocket socket = open(new Received());
        assertThat(socket.getSubprotocol()).isEqualTo("v1");
        socket.abort();
    }

    @Test
    void largeMessagesArriveWhole() throws Exception {
        Received received = new Received();
        WebSocket socket = open(received);
        socket.sendBinary(ByteBuffer.allocate(2_000_000), true).get(10, TimeUnit.SECONDS);
        assertThat(received.next()).isEqualTo("binary 2000000");
        socket.abort();
    }

    @Test
    void closeHandshakeGoesThroughWithItsCode() throws Exception {
        Received received = new Received();
        WebSocket socket = open(received);
        socket.sendClose(4321, "enough").get(10, TimeUnit.SECONDS);
        assertThat(received.next()).isEqualTo("close 4321");
    }

    private WebSocket open(Received received) throws Exception {
        URI uri = URI.create("ws://localhost:" + penstock.httpPort() + "/chat");
        return client.newWebSocketBuilder()
                .subprotocols("v1")
                .buildAsync(uri, received)
                .get(10, TimeUnit.SECONDS);
    }

    /** What arrives, one line a message. */
    private static final class Received implements WebSocket.Listener {

        private final BlockingQueue<String> queue = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();
        private int binaryLength;

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                queue.add("text " + text);
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(
                WebSocket socket, ByteBuffer part, boolean last) {
            binaryLength += part.remaining();
            if (last) {
                queue.add("binary " + binaryLength);
                binaryLength = 0;
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            queue.add("close " + code);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            queue.add("error " + failure);
        }

        String next() throws InterruptedException {
            String line = queue.poll(10, TimeUnit.SECONDS);
            return line == null ? "(nothing)" : line;
        }
    }
}
