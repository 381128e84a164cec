package dev.penstock.proxy.stream;

import dev.penstock.proxy.message.MessageHead;

/** What arrives on a {@link ClientStream}. */
public interface ResponseReceiver extends MessageReceiver {

    /** An interim response, 1xx but 101. */
    void onInterim(MessageHead head);

    /**
     * The final response.
     *
     * @param head read during the call only. With status 101 both directions are a tunnel from here
     *     on; the codec has checked that it was asked for
     * @param end whether the response ends with its head; {@link #onEnd()} is not called then
     */
    void onHead(MessageHead head, boolean end);
}
