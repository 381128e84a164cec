package dev.penstock.proxy.h2;

import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ClientConnection;
import dev.penstock.proxy.stream.ClientStream;
import dev.penstock.proxy.stream.ResponseReceiver;
import dev.penstock.proxy.stream.StreamError;

/** One request and its answer on a connection to an endpoint. */
final class H2ClientStream extends H2Stream implements ClientStream {

    /** Interim responses beyond are an attack or a loop. */
    private static final int INTERIMS_MAX = 100;

    private final H2ClientConnection connection;
    private final ResponseReceiver receiver;
    private final boolean toHead;
    private boolean headReceived;
    private int interims;

    H2ClientStream(
            H2ClientConnection connection,
            int id,
            int sendWindow,
            int receiveWindow,
            ResponseReceiver receiver,
            boolean toHead) {
        super(connection, id, sendWindow, receiveWindow);
        this.connection = connection;
        this.receiver = receiver;
        this.toHead = toHead;
        receiver(receiver);
    }

    @Override
    int codeOf(StreamError error) {
        return switch (error) {
            case PROTOCOL -> ErrorCode.PROTOCOL_ERROR;
            case INTERNAL -> ErrorCode.INTERNAL_ERROR;
            case CANCELLED, NOT_PROCESSED, CONNECTION_LOST, TIMEOUT, TOO_LARGE -> ErrorCode.CANCEL;
        };
    }

    boolean isHeadReceived() {
        return headReceived;
    }

    @Override
    public ClientConnection connection() {
        return connection;
    }

    /** The head is the request's, which {@link H2ClientConnection#open} has sent. */
    @Override
    public void sendHead(MessageHead head, boolean end) {
        throw new IllegalStateException("the head was sent when the stream was opened");
    }

    /**
     * A well-formed response head arrived.
     *
     * @return whether it may come here
     */
    boolean head(MessageHead head, boolean end) {
        if (head.status() < 200) {
            if (end || ++interims > INTERIMS_MAX) {
                return false;
            }
            receiver.onInterim(head);
            return true;
        }
        headReceived = true;
        int status = head.status();
        boolean bodiless = toHead || status == 204 || status == 304;
        if (end && !bodiless && head.bodyLength() > 0) {
            return false;
        }
        receiveLength(bodiless ? 0 : head.bodyLength());
        if (end) {
            boolean whole = hasLocalEnded();
            remoteEndedWithHead();
            assert !whole || isOver() : "both messages are whole";
        }
        receiver.onHead(head, end);
        return true;
    }
}
