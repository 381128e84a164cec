package dev.penstock.proxy.h2;

import dev.penstock.proxy.message.MessageHead;
import dev.penstock.proxy.stream.ConnectionInfo;
import dev.penstock.proxy.stream.ServerStream;
import dev.penstock.proxy.stream.StreamError;

/** One request and its answer on a client's connection. */
final class H2ServerStream extends H2Stream implements ServerStream {

    private final H2ServerConnection connection;
    private final boolean toHead;
    private boolean headSent;

    H2ServerStream(
            H2ServerConnection connection,
            int id,
            int sendWindow,
            int receiveWindow,
            boolean toHead) {
        super(connection, id, sendWindow, receiveWindow);
        this.connection = connection;
        this.toHead = toHead;
    }

    @Override
    int codeOf(StreamError error) {
        return switch (error) {
            case NOT_PROCESSED -> ErrorCode.REFUSED_STREAM;
            case CANCELLED, TIMEOUT, TOO_LARGE -> ErrorCode.CANCEL;
            // what the endpoint did wrong is none of the client's doing
            case CONNECTION_LOST, PROTOCOL, INTERNAL -> ErrorCode.INTERNAL_ERROR;
        };
    }

    @Override
    public String protocol() {
        return "HTTP/2.0";
    }

    @Override
    public ConnectionInfo connection() {
        return connection.peerInfo();
    }

    @Override
    public void sendInterim(MessageHead head) {
        if (!isOver() && !headSent) {
            connection.writeInterim(id(), head);
        }
    }

    @Override
    public void sendHead(MessageHead head, boolean end) {
        if (!maySend() || headSent) {
            return;
        }
        headSent = true;
        int status = head.status();
        boolean bodiless = toHead || status == 204 || status == 304;
        boolean noLength = status == 204 || (status == 304 && head.bodyLength() == 0);
        connection.writeHead(
                id(), head, noLength ? MessageHead.LENGTH_UNKNOWN : head.bodyLength(), end);
        headSent(end, bodiless ? 0 : head.bodyLength());
    }

    @Override
    public void sendUpgrade(MessageHead head) {
        throw new IllegalStateException("HTTP/2 has no upgrade");
    }

    @Override
    public void closeAfterResponse() {
        connection.drain();
    }
}
