package dev.penstock.proxy.h2;

import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ResponseReceiver;
import dev.penstock.proxy.stream.StreamError;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps what arrives on a client's stream. */
final class RecordingResponse implements ResponseReceiver {

    final List<String> events = new ArrayList<>();
    final ByteArrayOutputStream body = new ByteArrayOutputStream();
    @Nullable StreamError error;
    final MessageHead head = new MessageHead();
    boolean ended;
    int writable;

    @Override
    public void onInterim(MessageHead interim) {
        events.add("interim " + interim.status());
    }

    @Override
    public void onHead(MessageHead response, boolean end) {
        head.copyFrom(response);
        events.add("head " + response.status() + (end ? " end" : ""));
        ended = end;
    }

    @Override
    public void onData(ByteBuf data) {
        byte[] bytes = new byte[data.readableBytes()];
        data.readBytes(bytes);
        data.release();
        body.writeBytes(bytes);
    }

    @Override
    public void onTrailers(MessageHead trailers) {
        StringBuilder text = new StringBuilder("trailers");
        for (int i = 0; i < trailers.fieldCount(); i++) {
            text.append(' ')
                    .append(trailers.text(trailers.nameStart(i), trailers.nameLength(i)))
                    .append('=')
                    .append(trailers.text(trailers.valueStart(i), trailers.valueLength(i)));
        }
        events.add(text.toString());
        ended = true;
    }

    @Override
    public void onEnd() {
        events.add("end");
        ended = true;
    }

    @Override
    public void onReset(StreamError why) {
        events.add("reset " + why);
        error = why;
    }

    @Override
    public void onWritable() {
        writable++;
    }

    String text() {
        return body.toString(StandardCharsets.ISO_8859_1);
    }
}
