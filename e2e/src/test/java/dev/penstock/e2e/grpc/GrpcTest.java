package dev.penstock.e2e.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.penstock.e2e.harness.Manifests;
import dev.penstock.e2e.harness.PenstockProcess;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every shape of gRPC call, over HTTP/2 in clear text with prior knowledge and over TLS. */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(120)
final class GrpcTest {

    private static final String HOST = "grpc.example.com";

    private final TextService service = new TextService();
    private Server backend;
    private PenstockProcess penstock;
    private ManagedChannel plain;
    private ManagedChannel tls;

    @BeforeAll
    void start(@TempDir Path manifests) throws IOException {
        backend =
                NettyServerBuilder.forAddress(loopback(0))
                        .addService(service.definition())
                        .build()
                        .start();
        Files.writeString(
                manifests.resolve("grpc.yaml"),
                Manifests.service("text", backend.getPort())
                        + Manifests.ingress(
                                "text", HOST, "text", "{penstock.dev/backend-protocol: GRPC}")
                        + Manifests.service("nobody", 1)
                        + Manifests.ingress(
                                "nobody",
                                "nobody.example.com",
                                "nobody",
                                "{penstock.dev/backend-protocol: GRPC}"));
        penstock = PenstockProcess.serve(manifests);
        plain =
                NettyChannelBuilder.forAddress(loopback(penstock.httpPort()))
                        .overrideAuthority(HOST)
                        .usePlaintext()
                        .build();
        tls =
                NettyChannelBuilder.forAddress(loopback(penstock.httpsPort()))
                        .overrideAuthority(HOST)
                        .sslContext(
                                GrpcSslContexts.forClient()
                                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                                        .build())
                        .build();
    }

    @AfterAll
    void stop() {
        plain.shutdownNow();
        tls.shutdownNow();
        penstock.close();
        backend.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void unaryCallIsAnswered(boolean secure) {
        assertThat(ClientCalls.blockingUnaryCall(call(secure, TextService.UPPER), "penstock"))
                .isEqualTo("PENSTOCK");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void largeMessagesArriveWhole(boolean secure) {
        String large = "x".repeat(3_000_000);
        assertThat(ClientCalls.blockingUnaryCall(call(secure, TextService.UPPER), large))
                .isEqualTo("X".repeat(3_000_000));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void statusAndTrailersOfAFailedCallArrive(boolean secure) {
        assertThatThrownBy(
                        () -> ClientCalls.blockingUnaryCall(call(secure, TextService.FAIL), "me"))
                .asInstanceOf(type(StatusRuntimeException.class))
                .satisfies(failure -> {
                    assertThat(failure.getStatus().getCode())
                            .isEqualTo(Status.Code.FAILED_PRECONDITION);
                    assertThat(failure.getStatus().getDescription()).isEqualTo("as asked");
                    assertThat(failure.getTrailers())
                            .isNotNull()
                            .extracting(t -> t.get(TextService.NOTE))
                            .isEqualTo("seen me");
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void serverStreamArrivesInOrder(boolean secure) {
        Iterator<String> answers =
                ClientCalls.blockingServerStreamingCall(call(secure, TextService.COUNT), "2000");
        List<String> seen = new ArrayList<>();
        answers.forEachRemaining(seen::add);
        assertThat(seen).hasSize(2000).startsWith("n1", "n2").endsWith("n2000");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void clientStreamIsJoined(boolean secure) throws InterruptedException {
        Answers answers = new Answers();
        StreamObserver<String> request =
                ClientCalls.asyncClientStreamingCall(call(secure, TextService.JOIN), answers);
        for (String part : List.of("a", "b", "c")) {
            request.onNext(part);
        }
        request.onCompleted();
        assertThat(answers.next()).isEqualTo("abc");
        assertThat(answers.next()).isEqualTo(Answers.COMPLETED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bothDirectionsOfAStreamFlowAtTheSameTime(boolean secure) throws InterruptedException {
        Answers answers = new Answers();
        StreamObserver<String> request =
                ClientCalls.asyncBidiStreamingCall(call(secure, TextService.CHAT), answers);
        for (int i = 0; i < 50; i++) {
            request.onNext("m" + i);
            assertThat(answers.next()).isEqualTo("re: m" + i);
        }
        request.onCompleted();
        assertThat(answers.next()).isEqualTo(Answers.COMPLETED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void cancellingACallReachesTheBackend(boolean secure) throws InterruptedException {
        ClientCall<String, String> call = call(secure, TextService.HANG);
        ClientCalls.asyncUnaryCall(call, "wait", new Answers());
        assertThat(service.hanging.await(10, TimeUnit.SECONDS)).isTrue();
        call.cancel("changed my mind", null);
        assertThat(service.cancelled.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void unreachableBackendIsUnavailable(boolean secure) {
        ManagedChannel channel = secure ? tls : plain;
        CallOptions options = CallOptions.DEFAULT.withAuthority("nobody.example.com");
        assertThatThrownBy(() ->
                        ClientCalls.blockingUnaryCall(
                                channel.newCall(TextService.UPPER, options), "x"))
                .asInstanceOf(type(StatusRuntimeException.class))
                .extracting(failure -> failure.getStatus().getCode())
                .isEqualTo(Status.Code.UNAVAILABLE);
    }

    private ClientCall<String, String> call(
            boolean secure, MethodDescriptor<String, String> method) {
        return (secure ? tls : plain)
                .newCall(method, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS));
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** What a call answers, as a queue. */
    private static final class Answers implements StreamObserver<String> {

        static final String COMPLETED = "(completed)";

        private final BlockingQueue<String> queue = new LinkedBlockingQueue<>();

        @Override
        public void onNext(String text) {
            queue.add(text);
        }

        @Override
        public void onError(Throwable failure) {
            queue.add(failure.toString());
        }

        @Override
        public void onCompleted() {
            queue.add(COMPLETED);
        }

        String next() throws InterruptedException {
            String text = queue.poll(10, TimeUnit.SECONDS);
            return text == null ? "(nothing)" : text;
        }
    }
}
