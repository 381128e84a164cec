package dev.penstock.proxy.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.penstock.proxy.runtime.RawConnection.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // lines end with CRLF
class ForwardingTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: " + ProxyFixture.HOST + "\r\n\r\n";
    private static final String POST = "POST / HTTP/1.1\r\nHost: " + ProxyFixture.HOST + "\r\n";

    @Test
    void connectionsAreKeptOnBothSides() throws Exception {
        try (Origin origin = Origin.answering("hello");
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            for (int i = 0; i < 10; i++) {
                assertThat(client.send(GET).response().body()).isEqualTo("hello");
            }
            assertThat(origin.connections).hasValue(1);
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        try (Origin origin =
                        new Origin((self, connection) -> {
                            for (String head = self.request(connection);
                                    head != null;
                                    head = self.request(connection)) {
                                connection.send(Origin.ok(head.split(" ")[1]));
                            }
                        });
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 20; i++) {
                requests.append(GET.replace("GET /", "GET /" + i));
            }
            client.send(requests.toString());
            for (int i = 0; i < 20; i++) {
                assertThat(client.response().body()).isEqualTo("/" + i);
            }
        }
    }

    @Test
    void chunkedBodiesPassBothWaysWithTrailersOfTheAnswer() throws Exception {
        try (Origin origin =
                        new Origin((self, connection) -> {
                            self.request(connection);
                            connection.send(
                                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                                            + "Trailer: X-Sum\r\n\r\n"
                                            + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n"
                                            + "X-Sum: 5\r\n\r\n");
                            self.request(connection);
                        });
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            client.send(
                    POST
                            + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n"
                            + "0\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n");
            Response response = client.response();

            assertThat(origin.bodies).containsExactly("hello world");
            assertThat(response.body()).isEqualTo("abcde");
            assertThat(response.trailers()).containsIgnoringCase("x-sum: 5");
            assertThat(origin.heads.getFirst()).doesNotContain("1.2.3.4");
        }
    }

    @Test
    void interimResponsesArePassedOn() throws Exception {
        try (Origin origin =
                        new Origin((self, connection) -> {
                            self.request(connection);
                            connection.send(
                                    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                                            + Origin.ok("hello"));
                        });
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            client.send(GET);
            assertThat(client.head()).startsWith("HTTP/1.1 103").contains("</a>");
            assertThat(client.response().body()).isEqualTo("hello");
        }
    }

    @Test
    void moreThanAHundredInterimResponsesAre502() throws Exception {
        try (Origin origin =
                        new Origin((self, connection) -> {
                            self.request(connection);
                            connection.send(
                                    "HTTP/1.1 102 Processing\r\n\r\n".repeat(101)
                                            + Origin.ok("hello"));
                        });
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            client.send(GET);
            Response response = client.response();
            while (response.status() == 102) {
                response = client.response();
            }
            assertThat(response.status()).isEqualTo(502);
        }
    }

    @Test
    void anExpectationIsTheEndpointsToMeet() throws Exception {
        try (Origin origin =
                        new Origin((self, connection) -> {
                            String head = connection.head();
                            assertThat(head).containsIgnoringCase("expect: 100-continue");
                            connection.send("HTTP/1.1 100 Continue\r\n\r\n");
                            self.bodies.add(connection.text(5));
                            connection.send(Origin.ok("done"));
                        });
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            client.send(POST + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 100");
            client.send("hello");
            assertThat(client.response().body()).isEqualTo("done");
            assertThat(origin.bodies).containsExactly("hello");
        }
    }

    @Test
    void aClientOfHttp10GetsABodyThatTheCloseEnds() throws Exception {
        try (Origin origin =
                        new Origin((self, connection) -> {
                            self.request(connection);
                            connection.send(
                                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                            + "5\r\nhello\r\n0\r\n\r\n");
                        });
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            client.send("GET / HTTP/1.0\r\nHost: " + ProxyFixture.HOST + "\r\n\r\n");
            Response response = client.response();
            assertThat(response.body()).isEqualTo("hello");
            assertThat(response.header("transfer-encoding")).isNull();
        }
    }

    @Test
    void anAnswerToHeadHasNoBody() throws Exception {
        try (Origin origin =
                        new Origin((self, connection) -> {
                            while (self.request(connection) != null) {
                                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
                            }
                        });
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            for (int i = 0; i < 2; i++) {
                Response response = client.send(GET.replace("GET", "HEAD")).response(true);
                assertThat(response.header("content-length")).isEqualTo("5");
            }
            Response missing =
                    client.send("HEAD / HTTP/1.1\r\nHost: nowhere.example.com\r\n\r\n")
                            .response(true);
            assertThat(missing.status()).isEqualTo(404);
            assertThat(client.send(GET.replace("GET", "HEAD")).response(true).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void anEarlyAnswerIsPassedOnWhileTheUploadGoesOn() throws Exception {
        try (Origin origin =
                        new Origin((self, connection) -> {
                            connection.head();
                            connection.send(
                                    "HTTP/1.1 413 Content Too Large\r\n"
                                            + "Content-Length: 3\r\n\r\nbig");
                            connection.head();
                        });
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            client.send(POST + "Content-Length: 100000\r\n\r\nsome");
            Response response = client.response();
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.body()).isEqualTo("big");
        }
    }

    @Test
    void aClientThatGoesAwayCancelsTheRequest() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        try (Origin origin =
                        new Origin((self, connection) -> {
                            self.request(connection);
                            if (connection.head() == null) {
                                gone.countDown();
                            }
                        });
                ProxyFixture proxy = new ProxyFixture().simple(origin.address())) {
            try (RawConnection client = RawConnection.to(proxy.httpPort())) {
                client.send(GET);
                await().until(() -> !origin.heads.isEmpty());
            }
            assertThat(gone.await(2, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aTruncatedAnswerIsSeenToBeTruncated() throws Exception {
        try (Origin origin =
                        new Origin((self, connection) -> {
                            self.request(connection);
                            connection.send(
                                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                            + "5\r\nhello\r\n");
                        });
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            client.send(GET);
            String head = client.head();
            assertThat(head).startsWith("HTTP/1.1 200");
            assertThat(client.chunkSize()).isEqualTo(5);
            assertThat(client.text(7)).isEqualTo("hello\r\n");
            assertThat(client.in().read()).isEqualTo(-1);
        }
    }

    @Test
    void aBodyBeyondTheLimitIs413AndNeverReachesTheEndpointWhole() throws Exception {
        try (Origin origin = Origin.answering("ok");
                ProxyFixture proxy =
                        new ProxyFixture().simple(ProxyFixture.maxBody(10), origin.address())) {
            try (RawConnection client = RawConnection.to(proxy.httpPort())) {
                assertThat(
                                client.send(POST + "Content-Length: 11\r\n\r\nhello world")
                                        .response()
                                        .status())
                        .isEqualTo(413);
            }
            try (RawConnection client = RawConnection.to(proxy.httpPort())) {
                assertThat(
                                client.send(
                                                POST
                                                        + "Transfer-Encoding: chunked\r\n\r\n"
                                                        + "b\r\nhello world\r\n0\r\n\r\n")
                                        .response()
                                        .status())
                        .isEqualTo(413);
            }
            try (RawConnection client = RawConnection.to(proxy.httpPort())) {
                assertThat(
                                client.send(POST + "Content-Length: 10\r\n\r\nhelloworld")
                                        .response()
                                        .status())
                        .isEqualTo(200);
            }
            assertThat(origin.bodies).containsExactly("helloworld");
        }
    }

    @Test
    void aSlowReaderHoldsUpTheEndpointAndNotTheMemory() throws Exception {
        AtomicLong written = new AtomicLong();
        long length = 64L << 20;
        try (Origin origin =
                        new Origin((self, connection) -> pour(self, connection, length, written));
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            client.socket().setReceiveBufferSize(16 * 1024);
            client.send(GET);
            assertThat(client.head()).startsWith("HTTP/1.1 200");
            // The origin comes to a stop as soon as the buffers on the way are full.
            AtomicLong before = new AtomicLong(-1);
            await().pollInterval(300, TimeUnit.MILLISECONDS)
                    .until(() -> before.getAndSet(written.get()) == written.get());
            assertThat(written.get()).isLessThan(24L << 20);
            client.in().skipNBytes(length);
            assertThat(written.get()).isEqualTo(length);
        }
    }

    @Test
    void aSlowEndpointHoldsUpTheClient() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        long length = 64L << 20;
        AtomicLong read = new AtomicLong();
        try (Origin origin =
                        new Origin((self, connection) -> {
                            connection.head();
                            awaitQuietly(go);
                            connection.in().skipNBytes(length);
                            read.set(length);
                            connection.send(Origin.ok("done"));
                        });
                ProxyFixture proxy = new ProxyFixture().simple(origin.address());
                RawConnection client = RawConnection.to(proxy.httpPort())) {
            AtomicLong written = new AtomicLong();
            client.send(POST + "Content-Length: " + length + "\r\n\r\n");
            Thread writer =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    write(client.out(), length, written);
                                } catch (IOException _) {
                                    // Seen by what is asserted.
                                }
                            });
            AtomicLong before = new AtomicLong(-1);
            await().pollInterval(300, TimeUnit.MILLISECONDS)
                    .until(() -> before.getAndSet(written.get()) == written.get());
            assertThat(written.get()).isLessThan(24L << 20);
            go.countDown();
            writer.join();
            assertThat(client.response().body()).isEqualTo("done");
            assertThat(read).hasValue(length);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pour(Origin origin, RawConnection connection, long length, AtomicLong count)
            throws IOException {
        origin.request(connection);
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
        write(connection.out(), length, count);
    }

    private static void write(OutputStream out, long length, AtomicLong count) throws IOException {
        byte[] block = new byte[64 * 1024];
        for (long left = length; left > 0; left -= block.length) {
            out.write(block);
            count.addAndGet(block.length);
        }
        out.flush();
    }
}
