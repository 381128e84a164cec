package dev.penstock.proxy.exchange;

import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.MessageReceiver;
import dev.penstock.proxy.stream.StreamError;
import io.netty.buffer.ByteBuf;

/** Takes the rest of a request that is answered already. */
final class Discard implements MessageReceiver {

    static final Discard INSTANCE = new Discard();

    private Discard() {}

    @Override
    public void onData(ByteBuf data) {
        data.release();
    }

    @Override
    public void onTrailers(MessageHead trailers) {
        // Nobody wants them.
    }

    @Override
    public void onEnd() {
        // Nobody waits for it.
    }

    @Override
    public void onReset(StreamError error) {
        // The answer was given.
    }

    @Override
    public void onWritable() {
        // There is nothing more to send.
    }
}
