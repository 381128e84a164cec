package dev.penstock.proxy.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.model.http.BackendProtocol;
import dev.penstock.model.http.RoutePolicy;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.MessageReceiver;
import dev.penstock.proxy.stream.RequestHandler;
import dev.penstock.proxy.stream.ServerStream;
import dev.penstock.proxy.stream.StreamError;
import io.netty.buffer.ByteBuf;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // lines end with CRLF
class Http2Test {

    private static final RoutePolicy GRPC = ProxyFixture.protocol(BackendProtocol.GRPC);

    /** Echoes each part of the body as it comes and ends with a status, as gRPC does. */
    private static final class GrpcEcho implements RequestHandler {
        final CountDownLatch cancelled = new CountDownLatch(1);
        final List<String> heads = new ArrayList<>();

        @Override
        public MessageReceiver onRequest(ServerStream stream, MessageHead head, boolean end) {
            heads.add(head.method() + " " + head.path() + " " + head.teTrailers());
            MessageHead answer = new MessageHead();
            answer.status(200);
            answer.bodyLength(MessageHead.LENGTH_UNKNOWN);
            answer.addField("content-type", "application/grpc");
            stream.sendHead(answer, false);
            stream.flush();
            return new MessageReceiver() {
                @Override
                public void onData(ByteBuf data) {
                    stream.sendData(data, false);
                    stream.flush();
                }

                @Override
                public void onTrailers(MessageHead trailers) {
                    onEnd();
                }

                @Override
                public void onEnd() {
                    MessageHead trailers = new MessageHead();
                    trailers.addField("grpc-status", "0");
                    stream.sendTrailers(trailers);
                    stream.flush();
                }

                @Override
                public void onReset(StreamError error) {
                    cancelled.countDown();
                }

                @Override
                public void onWritable() {}
            };
        }

        @Override
        public void onRefused(ConnectionInfo connection, int status, String reason) {}
    }

    @Test
    void clientsOfHttp2AreServedOverTls() throws Exception {
        try (Origin origin = Origin.answering("hello");
                ProxyFixture proxy =
                        new ProxyFixture()
                                .tls(TestTls.config("localhost"))
                                .service("app", origin.address())
                                .route("localhost", "/", "app")
                                .apply();
                HttpClient client =
                        HttpClient.newBuilder().sslContext(TestTls.trustingContext()).build()) {
            HttpRequest request =
                    HttpRequest.newBuilder(
                                    URI.create("https://localhost:" + proxy.httpsPort() + "/"))
                            .build();
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            client.send(request, BodyHandlers.ofString());
            for (int i = 0; i < 50; i++) {
                answers.add(client.sendAsync(request, BodyHandlers.ofString()));
            }
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                HttpResponse<String> response = answer.get(10, TimeUnit.SECONDS);
                assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(response.body()).isEqualTo("hello");
            }
        }
    }

    @Test
    void priorKnowledgeIsUnderstoodOnThePlainPort() throws Exception {
        try (Origin origin = Origin.answering("hello");
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                H2Peer peer = new H2Peer()) {
            H2Peer.Client client = peer.connect(proxy.httpPort());
            H2Peer.Call call = client.call("GET", "/", true);

            assertThat(call.next()).isEqualTo("head 200");
            assertThat(call.next()).isEqualTo("data hello");
            assertThat(call.next()).isEqualTo("end");
            assertThat(RawConnection.header(origin.heads.getFirst(), "host"))
                    .isEqualTo(ProxyFixture.HOST);
        }
    }

    @Test
    void streamsOfGrpcFlowBothWaysOverOneConnection() throws Exception {
        GrpcEcho echo = new GrpcEcho();
        try (H2Peer peer = new H2Peer();
                ProxyFixture proxy = new ProxyFixture().simple(GRPC, peer.serve(echo))) {
            H2Peer.Client client = peer.connect(proxy.httpPort());
            for (int round = 0; round < 3; round++) {
                H2Peer.Call call =
                        client.call(
                                "POST", "/svc/Method", false, "content-type", "application/grpc");
                assertThat(call.next()).isEqualTo("head 200");
                for (int i = 0; i < 20; i++) {
                    call.send("message" + i, false);
                    assertThat(call.next()).isEqualTo("data message" + i);
                }
                call.send("", true);
                assertThat(call.next()).isEqualTo("trailers grpc-status=0");
            }
            assertThat(peer.connections).hasValue(1);
        }
    }

    @Test
    void aCancelledCallIsCancelledAtTheEndpoint() throws Exception {
        GrpcEcho echo = new GrpcEcho();
        try (H2Peer peer = new H2Peer();
                ProxyFixture proxy = new ProxyFixture().simple(GRPC, peer.serve(echo))) {
            H2Peer.Call call =
                    peer.connect(proxy.httpPort())
                            .call("POST", "/svc/Method", false, "content-type", "application/grpc");
            assertThat(call.next()).isEqualTo("head 200");
            call.cancel();
            assertThat(echo.cancelled.await(2, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aGrpcClientGetsErrorsAsGrpcStatus() throws Exception {
        try (H2Peer peer = new H2Peer();
                ProxyFixture proxy =
                        new ProxyFixture()
                                .service("empty")
                                .route(ProxyFixture.HOST, "/empty", "empty", GRPC)
                                .apply()) {
            H2Peer.Client client = peer.connect(proxy.httpPort());

            assertThat(
                            client.call("POST", "/empty", true, "content-type", "application/grpc")
                                    .next())
                    .isEqualTo(
                            "head 200 grpc-status=14 grpc-message=the service has no endpoint end");
            assertThat(
                            client.call("POST", "/other", true, "content-type", "application/grpc")
                                    .next())
                    .contains("grpc-status=12");
            assertThat(client.call("POST", "/empty", true).next()).isEqualTo("head 503");
        }
    }

    @Test
    void aTruncatedAnswerIsResetForAClientOfHttp2() throws Exception {
        try (Origin origin =
                        new Origin((self, connection) -> {
                            self.request(connection);
                            connection.send(
                                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                            + "5\r\nhello\r\n");
                        });
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                H2Peer peer = new H2Peer()) {
            H2Peer.Call call = peer.connect(proxy.httpPort()).call("GET", "/", true);
            assertThat(call.next()).isEqualTo("head 200");
            assertThat(call.next()).isEqualTo("data hello");
            assertThat(call.next()).startsWith("reset");
        }
    }

    @Test
    void aClientOfHttp1CanBeServedFromHttp2() throws Exception {
        GrpcEcho echo = new GrpcEcho();
        try (H2Peer peer = new H2Peer();
                ProxyFixture proxy =
                        new ProxyFixture()
                                .simple(
                                        ProxyFixture.protocol(BackendProtocol.H2C),
                                        peer.serve(echo));
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            for (int i = 0; i < 3; i++) {
                client.send(
                        "POST /x HTTP/1.1\r\nHost: "
                                + ProxyFixture.HOST
                                + "\r\nContent-Length: 5\r\n\r\nhello");
                RawConnection.Response response = client.response();
                assertThat(response.body()).isEqualTo("hello");
                assertThat(response.trailers()).containsIgnoringCase("grpc-status: 0");
            }
            assertThat(peer.connections).hasValue(1);
        }
    }
}
