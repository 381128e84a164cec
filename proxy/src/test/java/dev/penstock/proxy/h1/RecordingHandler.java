package dev.penstock.proxy.h1;

import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.MessageReceiver;
import dev.penstock.proxy.stream.RequestHandler;
import dev.penstock.proxy.stream.ServerStream;
import dev.penstock.proxy.stream.StreamError;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Notes what a server connection tells, and answers on demand. */
final class RecordingHandler implements RequestHandler {

    final List<String> events = new ArrayList<>();
    final List<ServerStream> streams = new ArrayList<>();
    Consumer<ServerStream> onRequest = _ -> {};
    Consumer<ServerStream> onRequestEnd = _ -> {};

    private final StringBuilder body = new StringBuilder();

    /** Answers each request when it is whole. */
    static RecordingHandler answering(int status, String text) {
        RecordingHandler handler = new RecordingHandler();
        handler.onRequestEnd =
                stream -> {
                    MessageHead head = Messages.response(status, text.length());
                    stream.sendHead(head, text.isEmpty());
                    if (!text.isEmpty()) {
                        stream.sendData(Wire.buffer(text), true);
                    }
                    stream.flush();
                };
        return handler;
    }

    ServerStream last() {
        return streams.getLast();
    }

    @Override
    public MessageReceiver onRequest(ServerStream stream, MessageHead head, boolean end) {
        events.add(Messages.request(head).trim());
        streams.add(stream);
        onRequest.accept(stream);
        if (end) {
            events.add("end");
            onRequestEnd.accept(stream);
        }
        return new Receiver(stream);
    }

    @Override
    public void onRefused(ConnectionInfo connection, int status, String reason) {
        events.add("refused " + status + ' ' + reason);
    }

    private void flushBody() {
        if (!body.isEmpty()) {
            events.add("body " + body);
            body.setLength(0);
        }
    }

    private final class Receiver implements MessageReceiver {

        private final ServerStream stream;

        private Receiver(ServerStream stream) {
            this.stream = stream;
        }

        @Override
        public void onData(ByteBuf data) {
            assert data.isReadable() : "empty data";
            body.append(data.toString(StandardCharsets.ISO_8859_1));
            data.release();
        }

        @Override
        public void onTrailers(MessageHead trailers) {
            flushBody();
            events.add("trailers " + Messages.fields(trailers));
            onRequestEnd.accept(stream);
        }

        @Override
        public void onEnd() {
            flushBody();
            events.add("end");
            onRequestEnd.accept(stream);
        }

        @Override
        public void onReset(StreamError error) {
            flushBody();
            events.add("reset " + error);
        }

        @Override
        public void onWritable() {
            events.add("writable");
        }
    }
}
