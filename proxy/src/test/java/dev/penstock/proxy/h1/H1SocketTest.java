package dev.penstock.proxy.h1;

import static dev.penstock.proxy.h1.Messages.lines;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ClientStream;
import dev.penstock.proxy.stream.ServerLimits;
import dev.penstock.proxy.stream.StreamError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What only sockets show: ends, resets, time. */
@Timeout(30)
@ParameterizedClass
@MethodSource("transports")
class H1SocketTest {

    private static final String GET = lines("GET / HTTP/1.1", "Host: a", "");

    private final Sockets sockets;
    private final RecordingHandler silent = new RecordingHandler();

    H1SocketTest(Sockets.Transport transport) {
        sockets = new Sockets(transport);
    }

    static Stream<Sockets.Transport> transports() {
        return Stream.of(Sockets.Transport.values()).filter(Sockets.Transport::isAvailable);
    }

    private static ServerLimits limits(Duration head, Duration keepAlive, Duration drain) {
        ServerLimits d = ServerLimits.DEFAULT;
        return new ServerLimits(
                d.headBytesMax(),
                d.fieldsMax(),
                d.targetBytesMax(),
                head,
                keepAlive,
                drain,
                d.requestsMax(),
                d.concurrentStreamsMax(),
                d.streamWindow(),
                d.stalledStreamTimeout());
    }

    @AfterEach
    void close() {
        sockets.close();
    }

    private List<String> events() throws Exception {
        return sockets.call(() -> List.copyOf(silent.events));
    }

    private void awaitEvent(String event, Duration atMost) {
        await().pollInterval(Duration.ofMillis(5))
                .atMost(atMost)
                .until(() -> events().contains(event));
    }

    @Test
    void aClientThatClosesIsSeenWhileTheAnswerIsPending() throws Exception {
        int port = sockets.serve(silent, ServerLimits.DEFAULT);
        Socket socket = Sockets.dial(port);
        Sockets.send(socket, GET);
        awaitEvent("end", Duration.ofSeconds(10));
        socket.close();
        awaitEvent("reset CANCELLED", Duration.ofSeconds(1));
    }

    @Test
    void aClientThatResetsIsSeenWhileTheAnswerIsPending() throws Exception {
        int port = sockets.serve(silent, ServerLimits.DEFAULT);
        Socket socket = Sockets.dial(port);
        Sockets.send(socket, GET);
        awaitEvent("end", Duration.ofSeconds(10));
        socket.setSoLinger(true, 0);
        socket.close();
        awaitEvent("reset CANCELLED", Duration.ofSeconds(1));
    }

    @Test
    void aRefusedClientThatStillSendsReadsItsAnswer() throws Exception {
        int port = sockets.serve(silent, ServerLimits.DEFAULT);
        try (Socket socket = Sockets.dial(port)) {
            Sockets.send(
                    socket, lines("POST / HTTP/1.1", "Host: a b", "Content-Length: 9999999", ""));
            for (int i = 0; i < 30; i++) {
                Sockets.send(socket, "x".repeat(100_000));
            }
            assertThat(Sockets.rest(socket)).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void anEarlyAnswerIsReadByAClientThatStillSends() throws Exception {
        silent.onRequest = stream -> stream.sendHead(Messages.response(413, 0), true);
        int port = sockets.serve(silent, ServerLimits.DEFAULT);
        try (Socket socket = Sockets.dial(port)) {
            Sockets.send(
                    socket, lines("POST / HTTP/1.1", "Host: a", "Content-Length: 9999999", ""));
            for (int i = 0; i < 30; i++) {
                Sockets.send(socket, "x".repeat(100_000));
            }
            assertThat(Sockets.rest(socket)).startsWith("HTTP/1.1 413 ");
        }
    }

    @Test
    void aBodyNobodyWantsIsNotReadForEver() throws Exception {
        silent.onRequest = stream -> stream.sendHead(Messages.response(413, 0), true);
        Duration drain = Duration.ofMillis(200);
        int port =
                sockets.serve(silent, limits(Duration.ofMinutes(1), Duration.ofMinutes(1), drain));
        try (Socket socket = Sockets.dial(port)) {
            Sockets.send(
                    socket,
                    lines("POST / HTTP/1.1", "Host: a", "Content-Length: 9999999", "") + "x");
            assertThat(Sockets.rest(socket)).startsWith("HTTP/1.1 413 ");
            awaitEvent("reset TIMEOUT", Duration.ofSeconds(5));
            assertThatThrownBy(
                            () -> {
                                while (true) {
                                    Sockets.send(socket, "x".repeat(1000));
                                }
                            })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aSlowHeadIsAnswered408AndAnIdleConnectionIsClosedSilently() throws Exception {
        Duration brief = Duration.ofMillis(150);
        int port = sockets.serve(silent, limits(brief, brief, brief));
        try (Socket slow = Sockets.dial(port);
                Socket idle = Sockets.dial(port);
                Socket emptyLine = Sockets.dial(port)) {
            Sockets.send(slow, "GET / HTT");
            Sockets.send(emptyLine, "\r\n");
            assertThat(Sockets.rest(slow)).startsWith("HTTP/1.1 408 ");
            assertThat(Sockets.rest(idle)).isEmpty();
            assertThat(Sockets.rest(emptyLine)).isEmpty();
        }
        assertThat(events()).containsExactly("refused 408 head_timeout");
    }

    @Test
    void aConnectionWithoutRequestsIsClosedAfterItsTime() throws Exception {
        RecordingHandler answering = RecordingHandler.answering(200, "hello");
        Duration brief = Duration.ofMillis(150);
        int port = sockets.serve(answering, limits(Duration.ofMinutes(1), brief, brief));
        try (Socket socket = Sockets.dial(port)) {
            Sockets.send(socket, GET);
            assertThat(Sockets.rest(socket)).endsWith("hello");
        }
    }

    @Test
    void aSlowReaderGetsAllOfTheLastAnswer() throws Exception {
        int length = 20_000_000;
        silent.onRequestEnd =
                stream -> {
                    stream.sendHead(Messages.response(200, length), false);
                    stream.sendData(Wire.buffer("x".repeat(length)), true);
                };
        Duration drain = Duration.ofMillis(50);
        int port =
                sockets.serve(silent, limits(Duration.ofMinutes(1), Duration.ofMinutes(1), drain));
        try (Socket socket = Sockets.dial(port)) {
            Sockets.send(socket, "GET / HTTP/1.0\r\n\r\nmore, so that it is no plain close");
            assertThat(Sockets.read(socket, 15)).isEqualTo("HTTP/1.1 200 OK");
            await().pollDelay(Duration.ofMillis(500)).until(() -> true);
            assertThat(Sockets.rest(socket)).hasSizeGreaterThan(length);
        }
    }

    @Test
    void aCutBodyThatOnlyTheCloseWouldEndIsAReset() throws Exception {
        silent.onRequestEnd =
                stream -> {
                    stream.sendHead(Messages.response(200, MessageHead.LENGTH_UNKNOWN), false);
                    stream.sendData(Wire.buffer("half"), false);
                    stream.flush();
                };
        int port = sockets.serve(silent, ServerLimits.DEFAULT);
        try (Socket socket = Sockets.dial(port)) {
            Sockets.send(socket, "GET / HTTP/1.0\r\n\r\n");
            assertThat(Sockets.read(socket, 15)).isEqualTo("HTTP/1.1 200 OK");
            sockets.call(() -> {
                silent.last().reset(StreamError.CONNECTION_LOST);
                return true;
            });
            assertThatThrownBy(() -> Sockets.rest(socket)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void eachDirectionOfATunnelEndsByItself() throws Exception {
        silent.onRequestEnd =
                stream -> {
                    if (silent.events.size() == 2) {
                        MessageHead head = Messages.response(101, 0);
                        head.upgrade(head.append("chat"), 4);
                        stream.sendUpgrade(head);
                    } else {
                        stream.sendData(Wire.buffer("answer after the end"), true);
                    }
                };
        int port = sockets.serve(silent, ServerLimits.DEFAULT);
        try (Socket socket = Sockets.dial(port)) {
            Sockets.send(
                    socket,
                    lines("GET / HTTP/1.1", "Host: a", "Connection: upgrade", "Upgrade: chat", ""));
            Sockets.send(socket, "question");
            socket.shutdownOutput();
            assertThat(Sockets.rest(socket)).endsWith("\r\n\r\nanswer after the end");
        }
        assertThat(events()).endsWith("end", "body question", "end");
    }

    @Test
    void aLargeAnswerOfATunnelIsWholeBehindTheClientsEnd() throws Exception {
        int length = 20_000_000; // more than the system takes in, so that it waits for the client
        silent.onRequestEnd =
                stream -> {
                    if (silent.events.size() == 2) {
                        MessageHead head = Messages.response(101, 0);
                        head.upgrade(head.append("chat"), 4);
                        stream.sendUpgrade(head);
                    }
                };
        int port = sockets.serve(silent, ServerLimits.DEFAULT);
        try (Socket socket = Sockets.dial(port)) {
            Sockets.send(
                    socket,
                    lines("GET / HTTP/1.1", "Host: a", "Connection: upgrade", "Upgrade: chat", ""));
            socket.shutdownOutput();
            await().until(() -> events().stream().filter("end"::equals).count() == 2);
            sockets.call(() -> {
                silent.last().sendData(Wire.buffer("x".repeat(length)), true);
                return true;
            });
            assertThat(Sockets.rest(socket)).hasSizeGreaterThan(length);
        }
    }

    /** The events with the length of a body instead of its text. */
    private static String summary(List<String> events) {
        return events.stream()
                .map(event ->
                        event.startsWith("body ")
                                ? "body of " + (event.length() - "body ".length())
                                : event)
                .collect(joining(", "));
    }

    // ---- the endpoint's side

    private record Endpoint(ServerSocket listener, H1ClientConnection connection, Socket socket) {}

    private Endpoint endpoint(Wire.Pool pool) throws Exception {
        ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        H1ClientConnection connection = sockets.connect(listener.getLocalPort(), pool);
        Socket socket = listener.accept();
        socket.setSoTimeout(Sockets.TIMEOUT_MILLIS);
        return new Endpoint(listener, connection, socket);
    }

    private ClientStream open(Endpoint endpoint, String method, long length, RecordingReceiver to)
            throws Exception {
        return sockets.call(() -> {
            ClientStream stream =
                    endpoint.connection()
                            .open(Messages.request(method, "a", "/", length), length == 0, to);
            stream.flush();
            return stream;
        });
    }

    private void awaitEvents(RecordingReceiver receiver, String... expected) {
        await().untilAsserted(() ->
                assertThat(sockets.call(() -> List.copyOf(receiver.events)))
                        .filteredOn(event -> !event.equals("writable"))
                        .containsExactly(expected));
    }

    @Test
    void anEarlyAnswerIsReadThoughTheEndpointClosesWhileTheRequestIsSent() throws Exception {
        Endpoint endpoint = endpoint(new Wire.Pool());
        RecordingReceiver receiver = new RecordingReceiver();
        ClientStream stream = open(endpoint, "POST", 100_000_000, receiver);
        Sockets.send(endpoint.socket(), "HTTP/1.1 413 Large\r\nContent-Length: 0\r\n\r\n");
        // Closes with unread bytes: a reset follows the answer.
        sockets.call(() -> {
            stream.sendData(Wire.buffer("x".repeat(1_000_000)), false);
            stream.flush();
            endpoint.socket().close();
            for (int i = 0; i < 20; i++) {
                stream.sendData(Wire.buffer("x".repeat(1_000_000)), false);
                stream.flush();
            }
            return true;
        });
        awaitEvents(receiver, "413 length=0", "end", "reset CONNECTION_LOST");
        endpoint.listener().close();
    }

    @Test
    void aBodyUpToTheEndIsWholeWithAnEndAndCutWithAReset() throws Exception {
        for (boolean reset : new boolean[] {false, true}) {
            Endpoint endpoint = endpoint(new Wire.Pool());
            RecordingReceiver receiver = new RecordingReceiver();
            open(endpoint, "GET", 0, receiver);
            assertThat(Sockets.read(endpoint.socket(), 3)).isEqualTo("GET");
            Sockets.read(endpoint.socket(), "GET / HTTP/1.1\r\nhost: a\r\n\r\n".length() - 3);
            Sockets.send(endpoint.socket(), "HTTP/1.1 200 OK\r\n\r\n");
            awaitEvents(receiver, "200 length=-1");
            if (reset) {
                endpoint.socket().setSoLinger(true, 0);
            }
            endpoint.socket().close();
            awaitEvents(receiver, "200 length=-1", reset ? "reset CONNECTION_LOST" : "end");
            endpoint.listener().close();
        }
    }

    @Test
    void anAnswerIsWholeThoughTheEndpointEndedWhileNobodyReadIt() throws Exception {
        int length = 50_000; // more than one read; with its end, what the system takes in
        Endpoint endpoint = endpoint(new Wire.Pool());
        RecordingReceiver receiver = new RecordingReceiver();
        ClientStream stream = open(endpoint, "GET", 0, receiver);
        receiver.onHead = stream::pauseReading;
        // A close with unread bytes would be a reset.
        Sockets.read(endpoint.socket(), "GET / HTTP/1.1\r\nhost: a\r\n\r\n".length());
        Sockets.send(
                endpoint.socket(), "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
        awaitEvents(receiver, "200 length=" + length);
        Sockets.send(endpoint.socket(), "x".repeat(length));
        endpoint.socket().close();
        // Time for the end to arrive. Too little would not fail, only show less.
        await().pollDelay(Duration.ofMillis(200)).until(() -> true);
        sockets.call(() -> {
            stream.resumeReading();
            return true;
        });
        await().untilAsserted(() ->
                assertThat(sockets.call(() -> summary(receiver.events)))
                        .isEqualTo("200 length=" + length + ", body of " + length + ", end"));
        endpoint.listener().close();
    }

    @Test
    void anEndpointThatClosesAnIdleConnectionTakesNoMoreStreams() throws Exception {
        Wire.Pool pool = new Wire.Pool();
        Endpoint endpoint = endpoint(pool);
        endpoint.socket().close();
        await().until(() -> sockets.call(() -> pool.events.contains("closed")));
        assertThat(sockets.call(() -> endpoint.connection().availableStreams())).isZero();
        endpoint.listener().close();
    }
}
