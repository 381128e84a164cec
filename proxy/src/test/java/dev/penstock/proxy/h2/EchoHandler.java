package dev.penstock.proxy.h2;

import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.MessageReceiver;
import dev.penstock.proxy.stream.RequestHandler;
import dev.penstock.proxy.stream.ServerStream;
import dev.penstock.proxy.stream.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Answers what it is sent; a request without a body gets {@code hello}. */
final class EchoHandler implements RequestHandler {

    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

    final List<String> refused = new ArrayList<>();
    private final MessageHead response = new MessageHead();
    int requests;

    @Override
    public MessageReceiver onRequest(ServerStream stream, MessageHead head, boolean end) {
        requests++;
        response.clear();
        response.status(200);
        response.addField("content-type", "text/plain");
        response.addField("server", "echo");
        if (end) {
            response.bodyLength(HELLO.length);
            stream.sendHead(response, false);
            stream.sendData(Unpooled.wrappedBuffer(HELLO), true);
        } else {
            response.bodyLength(head.bodyLength());
            stream.sendHead(response, false);
        }
        stream.flush();
        return new Echo(stream);
    }

    @Override
    public void onRefused(ConnectionInfo connection, int status, String reason) {
        refused.add(status + " " + reason);
    }

    private record Echo(ServerStream stream) implements MessageReceiver {

        @Override
        public void onData(ByteBuf data) {
            stream.sendData(data, false);
            if (!stream.isWritable()) {
                stream.pauseReading();
            }
            stream.flush();
        }

        @Override
        public void onTrailers(MessageHead trailers) {
            stream.sendTrailers(trailers);
            stream.flush();
        }

        @Override
        public void onEnd() {
            stream.sendData(Unpooled.EMPTY_BUFFER, true);
            stream.flush();
        }

        @Override
        public void onReset(StreamError error) {}

        @Override
        public void onWritable() {
            stream.resumeReading();
        }
    }
}
