package dev.penstock.proxy.stream;

import dev.penstock.proxy.message.MessageHead;
import io.netty.buffer.ByteBuf;

/**
 * What arrives behind a message's head. Exactly one of {@link #onEnd()}, {@link #onTrailers} and
 * {@link #onReset} ends it.
 */
public interface MessageReceiver {

    /**
     * A part of the body.
     *
     * @param data taken over; not empty
     */
    void onData(ByteBuf data);

    /** The message ended with these trailers. */
    void onTrailers(MessageHead trailers);

    /** The message ended. */
    void onEnd();

    /**
     * The stream ended before both messages were whole. May come until then, also after {@link
     * #onEnd()}.
     */
    void onReset(StreamError error);

    /** The stream is writable again. */
    void onWritable();
}
