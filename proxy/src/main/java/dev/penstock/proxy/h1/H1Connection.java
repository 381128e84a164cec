package dev.penstock.proxy.h1;

import dev.penstock.proxy.transport.LinuxOption;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What both sides of a connection share: bytes that wait to be understood, gathered flushes, and
 * whether the socket is read.
 */
abstract sealed class H1Connection extends ChannelInboundHandlerAdapter
        permits H1ServerConnection, H1ClientConnection {

    private final int headBytesMax;
    private final int fieldsMax;

    // Set once when the handler is added, before anything else is called.
    @SuppressWarnings("NullAway.Init")
    private ChannelHandlerContext ctx;

    @SuppressWarnings("NullAway.Init")
    private LoopState loop;

    @SuppressWarnings("NullAway.Init")
    private MessageWriter writer;

    @SuppressWarnings("NullAway.Init")
    private BodyDecoder body;

    private @Nullable ByteBuf waiting;
    private boolean processing;
    private boolean socketRead = true;
    private boolean flushWaiting;
    private boolean inactive;

    H1Connection(int headBytesMax, int fieldsMax) {
        this.headBytesMax = headBytesMax;
        this.fieldsMax = fieldsMax;
    }

    @Override
    public final void handlerAdded(ChannelHandlerContext context) {
        assert context.executor().inEventLoop() : "added outside of the event loop";
        ctx = context;
        loop = LoopState.current();
        writer = new MessageWriter(context);
        body = new BodyDecoder(loop, headBytesMax, fieldsMax);
        if (context.channel().isActive()) {
            onActive();
        }
    }

    @Override
    public final void channelActive(ChannelHandlerContext context) {
        onActive();
        context.fireChannelActive();
    }

    @Override
    public final void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (inactive) {
            in.release();
            return;
        }
        if (processing) {
            // Something below read from within a call of ours; the bytes' turn comes after it.
            context.executor().execute(() -> readLater(context, in));
            return;
        }
        loop.beginRead();
        ByteBuf before = waiting;
        waiting = before == null ? in : append(before, in);
        process();
    }

    private void readLater(ChannelHandlerContext context, ByteBuf in) {
        channelRead(context, in);
        loop.endRead();
    }

    private static ByteBuf append(ByteBuf before, ByteBuf in) {
        ByteBuf joined = before.alloc().buffer(before.readableBytes() + in.readableBytes());
        joined.writeBytes(before).writeBytes(in);
        before.release();
        in.release();
        return joined;
    }

    @Override
    public final void channelReadComplete(ChannelHandlerContext context) {
        loop.endRead();
        context.fireChannelReadComplete();
    }

    @Override
    public final void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            onWritable();
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public final void channelInactive(ChannelHandlerContext context) {
        cleanUp();
        context.fireChannelInactive();
    }

    @Override
    public final void handlerRemoved(ChannelHandlerContext context) {
        cleanUp();
    }

    private void cleanUp() {
        if (!inactive) {
            inactive = true;
            onInactive();
            writer.release();
            body.release();
            if (!processing) {
                releaseWaiting();
            }
            loop.endRead();
        }
    }

    private void releaseWaiting() {
        if (waiting != null) {
            waiting.release();
            waiting = null;
        }
    }

    /** Goes on with what waits, unless that is being done up the stack. */
    final void process() {
        if (processing) {
            return;
        }
        processing = true;
        try {
            ByteBuf in = waiting;
            while (in != null && in.isReadable() && step(in)) {
                in = waiting;
            }
        } finally {
            processing = false;
            if (waiting != null && (inactive || !waiting.isReadable())) {
                releaseWaiting();
            }
        }
        updateReading();
    }

    /** Whether a failure of a channel is the network's or the peer's, not ours. */
    static boolean isOfNetwork(Throwable failure) {
        return failure instanceof IOException
                || (failure instanceof DecoderException
                        && failure.getCause() instanceof IOException);
    }

    /** How many bytes wait to be understood. */
    final int waitingBytes() {
        return waiting == null ? 0 : waiting.readableBytes();
    }

    /** Takes bytes out of what waits; ownership passes to the caller. */
    final ByteBuf take(ByteBuf in, int length) {
        if (length == in.readableBytes()) {
            waiting = null;
            return in;
        }
        return in.readRetainedSlice(length);
    }

    /** Sees to it that everything written so far leaves, at the latest when this read is over. */
    final void flush() {
        if (flushWaiting) {
            return;
        }
        if (loop.flushLater(this)) {
            flushWaiting = true;
        } else {
            flushNow();
        }
    }

    final void flushNow() {
        flushWaiting = false;
        if (!inactive) {
            writer.flush();
        }
    }

    final boolean isWritable() {
        return ctx.channel().isWritable();
    }

    /** Reads from the socket or leaves what comes there, as the state wants it. */
    final void updateReading() {
        boolean wanted = wantsToRead();
        if (wanted != socketRead && !inactive) {
            socketRead = wanted;
            ctx.channel().config().setAutoRead(wanted);
        }
    }

    final ChannelHandlerContext context() {
        return ctx;
    }

    final LoopState loop() {
        return loop;
    }

    final MessageWriter writer() {
        return writer;
    }

    final BodyDecoder body() {
        return body;
    }

    final boolean isInactive() {
        return inactive;
    }

    /** Lets each direction end by itself: an end of the peer's does not close the channel. */
    final void allowHalfClosure() {
        ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }

    /**
     * Lets what is written from here on leave together with the end of our direction, which has to
     * follow at once: a segment less for both sides, most of what a connection of one request costs
     * in the kernel.
     */
    final void holdBackForEnd() {
        Channel channel = ctx.channel();
        if (channel.isActive()) {
            channel.config().setOption(LinuxOption.TCP_CORK, 1);
        }
    }

    /** Sends the end of our direction behind what was flushed. */
    final void shutdownOutput() {
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound();
        } else if (ctx.channel() instanceof DuplexChannel socket) {
            socket.shutdownOutput();
        } else {
            ctx.close();
        }
    }

    /**
     * Closes so that the peer cannot take what it got for a whole message: where only the close
     * would end it, by a reset and, for TLS, without a notice.
     */
    final void abort() {
        if (inactive) {
            return;
        }
        if (writer.endsWithConnection()) {
            ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            ChannelHandlerContext first = ctx.pipeline().firstContext();
            (first == null ? ctx : first).close();
        } else {
            writer.flush();
            ctx.close();
        }
    }

    /**
     * Does one step with what waits, which is not empty.
     *
     * @return whether another step may be possible
     */
    abstract boolean step(ByteBuf in);

    abstract void onActive();

    abstract void onWritable();

    /** The channel is closed. Called once. */
    abstract void onInactive();

    abstract boolean wantsToRead();
}
