package dev.penstock.e2e.grpc;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/** A gRPC service over plain text messages, so that no generated code is needed. */
final class TextService {

    static final Metadata.Key<String> NOTE =
            Metadata.Key.of("x-note", Metadata.ASCII_STRING_MARSHALLER);

    static final MethodDescriptor<String, String> UPPER = method("Upper", MethodType.UNARY);
    static final MethodDescriptor<String, String> FAIL = method("Fail", MethodType.UNARY);
    static final MethodDescriptor<String, String> HANG = method("Hang", MethodType.UNARY);
    static final MethodDescriptor<String, String> COUNT =
            method("Count", MethodType.SERVER_STREAMING);
    static final MethodDescriptor<String, String> JOIN =
            method("Join", MethodType.CLIENT_STREAMING);
    static final MethodDescriptor<String, String> CHAT = method("Chat", MethodType.BIDI_STREAMING);

    /** Released when a call of {@link #HANG} was cancelled at the server. */
    final CountDownLatch cancelled = new CountDownLatch(1);

    /** Released when a call of {@link #HANG} has arrived at the server. */
    final CountDownLatch hanging = new CountDownLatch(1);

    ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder("text.Text")
                .addMethod(UPPER, ServerCalls.asyncUnaryCall(TextService::upper))
                .addMethod(FAIL, ServerCalls.asyncUnaryCall(TextService::fail))
                .addMethod(HANG, ServerCalls.asyncUnaryCall(this::hang))
                .addMethod(COUNT, ServerCalls.asyncServerStreamingCall(TextService::count))
                .addMethod(JOIN, ServerCalls.asyncClientStreamingCall(TextService::join))
                .addMethod(CHAT, ServerCalls.asyncBidiStreamingCall(TextService::chat))
                .build();
    }

    private static void upper(String text, StreamObserver<String> answer) {
        answer.onNext(text.toUpperCase(java.util.Locale.ROOT));
        answer.onCompleted();
    }

    private static void fail(String text, StreamObserver<String> answer) {
        Metadata trailers = new Metadata();
        trailers.put(NOTE, "seen " + text);
        answer.onError(
                Status.FAILED_PRECONDITION
                        .withDescription("as asked")
                        .asRuntimeException(trailers));
    }

    private void hang(String text, StreamObserver<String> answer) {
        io.grpc.Context.current().addListener(context -> cancelled.countDown(), Runnable::run);
        hanging.countDown();
    }

    private static void count(String upTo, StreamObserver<String> answer) {
        for (int i = 1; i <= Integer.parseInt(upTo); i++) {
            answer.onNext("n" + i);
        }
        answer.onCompleted();
    }

    private static StreamObserver<String> join(StreamObserver<String> answer) {
        StringBuilder joined = new StringBuilder();
        return new Collecting(answer, joined::append) {
            @Override
            public void onCompleted() {
                answer.onNext(joined.toString());
                answer.onCompleted();
            }
        };
    }

    private static StreamObserver<String> chat(StreamObserver<String> answer) {
        return new Collecting(answer, text -> answer.onNext("re: " + text));
    }

    private static MethodDescriptor<String, String> method(String name, MethodType type) {
        return MethodDescriptor.<String, String>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName("text.Text", name))
                .setRequestMarshaller(new TextMarshaller())
                .setResponseMarshaller(new TextMarshaller())
                .build();
    }

    private static class Collecting implements StreamObserver<String> {

        private final StreamObserver<String> answer;
        private final java.util.function.Consumer<String> each;

        Collecting(StreamObserver<String> answer, java.util.function.Consumer<String> each) {
            this.answer = answer;
            this.each = each;
        }

        @Override
        public void onNext(String text) {
            each.accept(text);
        }

        @Override
        public void onError(Throwable failure) {
            answer.onError(failure);
        }

        @Override
        public void onCompleted() {
            answer.onCompleted();
        }
    }

    private static final class TextMarshaller implements MethodDescriptor.Marshaller<String> {

        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
