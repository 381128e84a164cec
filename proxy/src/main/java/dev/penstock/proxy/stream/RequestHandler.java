package dev.penstock.proxy.stream;

import dev.penstock.proxy.message.MessageHead;

/** Takes the requests of server connections. One instance an event loop. */
public interface RequestHandler {

    /**
     * A request begins.
     *
     * @param head read during the call only; the handler may change it
     * @param end whether the request ends with its head; {@link MessageReceiver#onEnd()} is not
     *     called then
     * @return what takes the rest
     */
    MessageReceiver onRequest(ServerStream stream, MessageHead head, boolean end);

    /**
     * The codec refused a message and answered it itself; for counting and logging.
     *
     * @param status what was answered, or 0 where only the connection or stream was ended
     * @param reason a short constant text, fit for a metric's label
     */
    void onRefused(ConnectionInfo connection, int status, String reason);
}
