package dev.penstock.proxy.h1;

import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ResponseReceiver;
import dev.penstock.proxy.stream.StreamError;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Notes what a client connection tells of a response. */
final class RecordingReceiver implements ResponseReceiver {

    final List<String> events = new ArrayList<>();
    Runnable onHead = () -> {};

    private final StringBuilder body = new StringBuilder();

    @Override
    public void onInterim(MessageHead head) {
        events.add("interim " + head.status() + ' ' + Messages.fields(head));
    }

    @Override
    public void onHead(MessageHead head, boolean end) {
        events.add(
                (head.status() + " length=" + head.bodyLength() + ' ' + Messages.fields(head))
                        .trim());
        if (end) {
            events.add("end");
        }
        onHead.run();
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
    }

    @Override
    public void onEnd() {
        flushBody();
        events.add("end");
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

    private void flushBody() {
        if (!body.isEmpty()) {
            events.add("body " + body);
            body.setLength(0);
        }
    }
}
