package dev.penstock.proxy.echo;

import dev.penstock.proxy.loop.Timeout;
import dev.penstock.proxy.loop.TimeoutWheel;
import dev.penstock.proxy.message.HeaderName;
import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.MessageReceiver;
import dev.penstock.proxy.stream.RequestHandler;
import dev.penstock.proxy.stream.ServerStream;
import dev.penstock.proxy.stream.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Answers each request with a JSON object of what arrived, once all of it has. A path may ask for
 * more: see {@link EchoOrder}. A WebSocket gets back each message it sends. One event loop.
 */
final class EchoHandler implements RequestHandler {

    /** How much of a body is shown. */
    private static final int SHOWN_MAX = 4096;

    /** How much is handed to the socket at once. */
    private static final int CHUNK = 16 * 1024;

    private final EchoSettings settings;
    private final ByteBufAllocator allocator;
    private final TimeoutWheel timeouts;
    private final MessageHead answer = new MessageHead();

    EchoHandler(EchoSettings settings, ByteBufAllocator allocator, TimeoutWheel timeouts) {
        this.settings = settings;
        this.allocator = allocator;
        this.timeouts = timeouts;
    }

    @Override
    public MessageReceiver onRequest(ServerStream stream, MessageHead head, boolean end) {
        if (head.hasUpgrade() && head.upgrade().toLowerCase(Locale.ROOT).equals("websocket")) {
            return WebSocketEcho.accept(stream, head, answer, allocator);
        }
        if (head.expectContinue()) {
            answer.clear();
            answer.status(100);
            stream.sendInterim(answer);
            stream.flush();
        }
        EchoRequest request = new EchoRequest(stream, head);
        if (end) {
            request.answerWhenDue();
        }
        return request;
    }

    @Override
    public void onRefused(ConnectionInfo connection, int status, String reason) {
        // The client was told.
    }

    /** One request, until it is answered. */
    private final class EchoRequest extends Timeout implements MessageReceiver {

        private final ServerStream stream;
        private final EchoOrder order;
        private final EchoJson json;
        private final boolean withoutBody;
        private byte[] shown = {};
        private int shownLength;
        private long bodyLength;
        private long left;

        EchoRequest(ServerStream stream, MessageHead head) {
            this.stream = stream;
            this.order = EchoOrder.parse(head.path());
            this.json = new EchoJson();
            this.withoutBody = head.method().equals("HEAD");
            json.begin();
            settings.facts().forEach(json::field);
            json.field("method", head.method());
            json.field("host", head.authority());
            json.field("path", head.path());
            json.field("client", stream.connection().peer().toString().replaceFirst("^.*/", ""));
            json.headers(head);
        }

        @Override
        public void onData(ByteBuf data) {
            int length = data.readableBytes();
            int kept = Math.min(length, SHOWN_MAX - shownLength);
            if (shownLength + kept > shown.length) {
                shown = Arrays.copyOf(shown, SHOWN_MAX);
            }
            data.getBytes(data.readerIndex(), shown, shownLength, kept);
            shownLength += kept;
            bodyLength += length;
            data.release();
        }

        @Override
        public void onTrailers(MessageHead trailers) {
            json.trailers(trailers);
            answerWhenDue();
        }

        @Override
        public void onEnd() {
            answerWhenDue();
        }

        @Override
        public void onReset(StreamError error) {
            cancel();
            left = 0;
        }

        @Override
        public void onWritable() {
            sendFiller();
        }

        void answerWhenDue() {
            if (order.delayMillis() > 0) {
                timeouts.schedule(this, order.delayMillis());
            } else {
                expired();
            }
        }

        /** The delay that the path asked for is over. */
        @Override
        protected void expired() {
            if (order.bytes() >= 0) {
                left = order.bytes();
                head("application/octet-stream", left);
                if (left > 0 && !withoutBody) {
                    sendFiller();
                }
                return;
            }
            json.number("bodyBytes", bodyLength);
            json.field("body", new String(shown, 0, shownLength, StandardCharsets.UTF_8));
            byte[] body = json.end().getBytes(StandardCharsets.UTF_8);
            head("application/json", body.length);
            if (!withoutBody && order.mayHaveBody()) {
                stream.sendData(allocator.buffer(body.length).writeBytes(body), true);
            }
            stream.flush();
        }

        private void head(String contentType, long length) {
            boolean bodyless = withoutBody || length == 0 || !order.mayHaveBody();
            answer.clear();
            answer.status(order.status());
            answer.addField(HeaderName.CONTENT_TYPE, contentType);
            answer.bodyLength(order.mayHaveBody() ? length : 0);
            stream.sendHead(answer, bodyless);
            if (bodyless) {
                stream.flush();
            }
        }

        private void sendFiller() {
            while (left > 0 && stream.isWritable()) {
                int length = (int) Math.min(left, CHUNK);
                ByteBuf data = allocator.buffer(length);
                for (int i = 0; i < length; i++) {
                    data.writeByte('a' + i % 26);
                }
                left -= length;
                stream.sendData(data, left == 0);
            }
            stream.flush();
        }
    }
}
