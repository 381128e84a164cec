package dev.penstock.proxy.listener;

import dev.penstock.proxy.loop.Timeout;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Tells HTTP/2 with prior knowledge from HTTP/1.1 by the first bytes of a connection in clear text
 * (RFC 9113 section 3.4), and makes way for the codec.
 */
final class PrefaceDetector extends ChannelInboundHandlerAdapter {

    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Connecting connecting;
    private @Nullable ByteBuf held;
    private @Nullable Timeout timeout;

    PrefaceDetector(Connecting connecting) {
        this.connecting = connecting;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        Timeout silence =
                new Timeout() {
                    @Override
                    protected void expired() {
                        context.close();
                    }
                };
        timeout = silence;
        connecting.timeouts().schedule(silence, connecting.limits().headTimeout().toMillis());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf data = (ByteBuf) message;
        ByteBuf before = held;
        if (before != null) {
            ByteBuf joined = context.alloc().buffer(before.readableBytes() + data.readableBytes());
            joined.writeBytes(before).writeBytes(data);
            before.release();
            data.release();
            data = joined;
            held = null;
        }
        int length = Math.min(PREFACE.length, data.readableBytes());
        for (int i = 0; i < length; i++) {
            if (data.getByte(data.readerIndex() + i) != PREFACE[i]) {
                connecting.useHttp1(context.pipeline());
                handOver(context, data);
                return;
            }
        }
        if (length == PREFACE.length) {
            connecting.useHttp2(context.pipeline());
            handOver(context, data);
        } else {
            held = data;
        }
    }

    private void handOver(ChannelHandlerContext context, ByteBuf data) {
        context.fireChannelRead(data);
        if (!context.isRemoved()) {
            context.pipeline().remove(this);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        Timeout silence = timeout;
        if (silence != null) {
            silence.cancel();
        }
        ByteBuf rest = held;
        if (rest != null) {
            held = null;
            rest.release();
        }
    }
}
