package dev.penstock.proxy.stream;

import dev.penstock.proxy.message.MessageHead;
import io.netty.buffer.ByteBuf;

/**
 * Both directions of one exchange on one connection: the message that is sent here, and control
 * over the one that arrives.
 */
public interface MessageStream {

    /**
     * Sends the head. The codec adds the framing and nothing else.
     *
     * @param head read during the call only
     * @param end whether the message ends with its head
     */
    void sendHead(MessageHead head, boolean end);

    /**
     * Sends a part of the body. What is sent beyond or short of an announced length resets the
     * stream.
     *
     * @param data taken over; may be empty
     * @param end whether the message ends with it
     */
    void sendData(ByteBuf data, boolean end);

    /**
     * Sends the trailers, which end the message. Where the framing has no place for them they are
     * dropped and the message ends.
     */
    void sendTrailers(MessageHead trailers);

    /**
     * Hands what was sent so far to the socket. Without it nothing need leave; a codec gathers
     * flushes of one read.
     */
    void flush();

    /**
     * Whether what is sent now is taken at once. Becoming true again is told by {@link
     * MessageReceiver#onWritable()}.
     */
    boolean isWritable();

    /**
     * Asks for no more of the arriving body. A bounded rest, what was already read from the socket,
     * may still be delivered.
     */
    void pauseReading();

    /** Undoes {@link #pauseReading()}. */
    void resumeReading();

    /**
     * Ends both directions at once, so that the peer can see that the message is not whole: an
     * HTTP/1.1 connection is closed, an HTTP/2 stream is reset. The receiver is not told.
     */
    void reset(StreamError error);
}
