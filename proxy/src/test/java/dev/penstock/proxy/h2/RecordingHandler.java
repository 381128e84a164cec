package dev.penstock.proxy.h2;

import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.MessageReceiver;
import dev.penstock.proxy.stream.RequestHandler;
import dev.penstock.proxy.stream.ServerStream;
import dev.penstock.proxy.stream.StreamError;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Keeps requests and answers none by itself. */
final class RecordingHandler implements RequestHandler {

    final List<String> events = new ArrayList<>();
    final List<ServerStream> streams = new ArrayList<>();
    final MessageHead head = new MessageHead();
    int writable;

    @Override
    public MessageReceiver onRequest(ServerStream stream, MessageHead request, boolean end) {
        head.copyFrom(request);
        streams.add(stream);
        events.add(request.method() + " " + request.path() + (end ? " end" : ""));
        return new MessageReceiver() {
            @Override
            public void onData(ByteBuf data) {
                events.add("data " + data.readableBytes());
                data.release();
            }

            @Override
            public void onTrailers(MessageHead trailers) {
                events.add("trailers " + trailers.fieldCount());
            }

            @Override
            public void onEnd() {
                events.add("end");
            }

            @Override
            public void onReset(StreamError error) {
                events.add("reset " + error);
            }

            @Override
            public void onWritable() {
                writable++;
            }
        };
    }

    @Override
    public void onRefused(ConnectionInfo connection, int status, String reason) {
        events.add("refused " + status + " " + reason);
    }
}
